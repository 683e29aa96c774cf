/**
 * The commands, in the order of `ballista --help`.
 *
 * @module
 */

import type { AnyCommand } from '../base/command.js';
import { cancel } from './cancel.js';
import { certs } from './certs.js';
import { cluster } from './cluster.js';
import { config } from './config.js';
import { executor } from './executor.js';
import { executors } from './executors.js';
import { job } from './job.js';
import { jobs } from './jobs.js';
import { scheduler } from './scheduler.js';
import { sql } from './sql.js';
import { top } from './top.js';
import { version } from './version.js';

export const commands: readonly AnyCommand[] = [
  sql,
  jobs,
  job,
  cancel,
  executors,
  top,
  cluster,
  scheduler,
  executor,
  config,
  certs,
  version,
];
