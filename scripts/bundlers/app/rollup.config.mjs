export default {
  input: 'main.mjs',
  output: { dir: 'out', format: 'esm', entryFileNames: '[name].mjs' },
  external: [/^ballista(\/|$)/, 'apache-arrow'],
};
