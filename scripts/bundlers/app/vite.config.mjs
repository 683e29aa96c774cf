export default {
  build: { ssr: 'main.mjs', outDir: 'out', rollupOptions: { output: { entryFileNames: '[name].mjs' } } },
  ssr: { external: ['ballista', 'apache-arrow'] },
};
