import { build } from 'esbuild';

await build({
  entryPoints: ['main.mjs'],
  outfile: 'out/main.cjs',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  external: ['ballista', 'apache-arrow'],
  // The program loads packages from the node_modules next to its file, or above.
  banner: { js: "require = require('node:module').createRequire(process.execPath);" },
});
