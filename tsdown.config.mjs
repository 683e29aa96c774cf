const shared = { platform: 'node', target: 'node20', sourcemap: false };

export default [
  {
    ...shared,
    name: 'package',
    // What they share is in files of its own: there is one class Expr, whichever of them a program imports.
    entry: {
      index: 'src/index.ts',
      functions: 'src/functions/index.ts',
      spark: 'src/functions/spark.ts',
      'udf-worker': 'src/udf/worker/main.ts',
    },
    outDir: 'dist',
    format: ['esm', 'cjs'],
    // `import.meta.url` in the CommonJS build.
    shims: true,
    dts: true,
  },
  {
    ...shared,
    name: 'programs',
    entry: [
      'examples/*.ts',
      'bench/**/*.ts',
      'test/{fuzz,inputs,faults,load,leaks}/main.ts',
      // The processes that they start.
      'test/{faults,leaks}/client.ts',
      'test/load/clients.ts',
      'test/inputs/{victim,peer}.ts',
      'test/support/member.ts',
    ],
    outDir: 'build',
    root: '.',
    format: 'esm',
    // One file for one file, and beside the other things in build/.
    unbundle: true,
    clean: false,
    dts: false,
    // A program imports the package as a user does: by its name, from dist/.
    deps: { neverBundle: [/^[^./](?!:)/] },
  },
];
