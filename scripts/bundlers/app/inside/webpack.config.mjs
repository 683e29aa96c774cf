export default {
  mode: 'production',
  target: 'node20',
  entry: './main.mjs',
  output: { path: `${import.meta.dirname}/out`, filename: 'main.cjs' },
  externals: { rolldown: 'import rolldown' },
  optimization: { minimize: false },
};
