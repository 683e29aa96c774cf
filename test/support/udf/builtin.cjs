const { EOL } = require('node:os');
const path = require('node:path');

/**
 * A CommonJS module that requires Node modules.
 *
 * @param {string} text
 */
exports.lastOf = (text) => {
  if (text === 'x y') throw new RangeError(`no ${text}${EOL}`.trim());
  return path.posix.basename(text);
};
