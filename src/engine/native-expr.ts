/**
 * Connects expressions to the addon.
 *
 * @module
 */

import { provideEngine } from '../expr/expr-engine.js';
import { callSync } from '../native.js';

provideEngine({
  exprToBytes: (node) => callSync((binding) => binding.exprToBytes(node)),
  exprFromBytes: (bytes) => callSync((binding) => binding.exprFromBytes(bytes)),
  exprName: (node) => callSync((binding) => binding.exprName(node)),
});
