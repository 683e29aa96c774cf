export default {
  serverExternalPackages: ['ballista', 'apache-arrow'],
};
