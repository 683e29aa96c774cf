/**
 * The commands, in the order of `ballista --help`.
 *
 * @module
 */

import type { AnyCommand } from '../command.js';
import { version } from './version.js';

export const commands: readonly AnyCommand[] = [version];
