export default {
  output: 'standalone',
  serverExternalPackages: ['ballista', 'apache-arrow'],
  outputFileTracingIncludes: {
    '/*': [
      './node_modules/{ballista,ballista-*,acorn,eslint-scope,esrecurse,estraverse}/**/*',
      './node_modules/@jridgewell/sourcemap-codec/**/*',
    ],
  },
};
