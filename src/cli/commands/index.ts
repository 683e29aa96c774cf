/**
 * The commands, in the order of `ballista --help`.
 *
 * @module
 */

import type { AnyCommand } from '../base/command.js';
import { cluster } from './cluster.js';
import { config } from './config.js';
import { executor } from './executor.js';
import { scheduler } from './scheduler.js';
import { version } from './version.js';

export const commands: readonly AnyCommand[] = [cluster, scheduler, executor, config, version];
