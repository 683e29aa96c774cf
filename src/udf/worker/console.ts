/**
 * Sends what UDFs print to the log of the executor, together with the task.
 *
 * @module
 */

import { Console } from 'node:console';
import { Writable } from 'node:stream';

import type { UdfLogEntry } from '../log.js';

/** The UDF and task that are printing. */
export interface Speaker {
  /** The job, stage and task. */
  readonly task: string;
  readonly name: string;
  /** Sends a line to the listeners; absent if there are none. */
  readonly tell: ((line: string) => void) | undefined;
}

let speaker: Speaker | undefined;

/** Sets the UDF and task that print from now on. */
export function speaks(who: Speaker): void {
  speaker = who;
}

/** Redirects `console` to standard error, with a prefix for task and UDF, and to listeners. */
export function takeConsole(): void {
  const [stdout, stderr] = (['stdout', 'stderr'] as const).map(
    (stream) =>
      new Writable({
        decodeStrings: false,
        write(text: string, _encoding, done) {
          const { task, name, tell } = speaker ?? { task: '', name: 'udf', tell: undefined };
          tell?.(JSON.stringify(toEntry(task, name, stream, text)));
          process.stderr.write(text.replace(/^(?=.)/gmu, `[${task} ${name}] `));
          // Immediately: a buffered line would be attributed to the next function.
          done();
        },
      }),
  ) as [Writable, Writable];
  globalThis.console = new Console({ stdout, stderr });
}

function toEntry(task: string, udf: string, stream: UdfLogEntry['stream'], text: string): UdfLogEntry {
  const [jobId, stageId, taskId] = task.split('/');
  const place =
    stageId === undefined ? {} : { jobId: jobId as string, stageId: Number(stageId), taskId: Number(taskId) };
  return { udf, text: text.replace(/\n$/u, ''), stream, ...place };
}
