/**
 * The commands, in the order of `ballista --help`.
 *
 * @module
 */

import type { AnyCommand } from '../base/command.js';
import { certs } from './certs.js';
import { cluster } from './cluster.js';
import { config } from './config.js';
import { executor } from './executor.js';
import { scheduler } from './scheduler.js';
import { sql } from './sql.js';
import { version } from './version.js';

export const commands: readonly AnyCommand[] = [sql, cluster, scheduler, executor, config, certs, version];
