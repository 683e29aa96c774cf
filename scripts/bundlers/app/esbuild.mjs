import { build } from 'esbuild';

await build({
  entryPoints: ['main.mjs'],
  outfile: 'out/main.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  external: ['ballista', 'apache-arrow'],
});
