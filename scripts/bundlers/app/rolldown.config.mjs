export default {
  input: 'main.mjs',
  platform: 'node',
  output: { dir: 'out', format: 'esm', entryFileNames: '[name].mjs' },
  external: [/^ballista(\/|$)/, 'apache-arrow'],
};
