export default {
  mode: 'production',
  target: 'node20',
  entry: './main.mjs',
  output: { path: `${import.meta.dirname}/out`, filename: 'main.mjs', module: true },
  experiments: { outputModule: true },
  externals: { ballista: 'module ballista', 'apache-arrow': 'module apache-arrow' },
  // The code of a UDF is its text: a minifier would rename its captured variables.
  optimization: { minimize: false },
};
