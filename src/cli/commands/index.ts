/**
 * The commands, in the order of `ballista --help`.
 *
 * @module
 */

import type { AnyCommand } from '../base/command.js';
import { version } from './version.js';

export const commands: readonly AnyCommand[] = [version];
