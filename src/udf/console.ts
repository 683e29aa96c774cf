/**
 * What functions print, with the task for which they did: it goes where the log of the executor goes.
 *
 * @module
 */

import { Console } from 'node:console';
import { Writable } from 'node:stream';

import type { UdfLogEntry } from './log.js';

/** Who prints. */
export interface Speaker {
  /** Job, stage and task. */
  readonly task: string;
  readonly name: string;
  /** Absent: nobody listens. */
  readonly tell: ((line: string) => void) | undefined;
}

let speaker: Speaker | undefined;

/** Who prints from now on. */
export function speaks(who: Speaker): void {
  speaker = who;
}

/** Makes `console` print to standard error, each line with who printed it, and to who listens. */
export function takeConsole(): void {
  const [stdout, stderr] = (['stdout', 'stderr'] as const).map(
    (stream) =>
      new Writable({
        decodeStrings: false,
        write(text: string, _encoding, done) {
          const { task, name, tell } = speaker ?? { task: '', name: 'udf', tell: undefined };
          tell?.(JSON.stringify(toEntry(task, name, stream, text)));
          process.stderr.write(text.replace(/^(?=.)/gmu, `[${task} ${name}] `));
          // At once: what waits here would be told as the next function's.
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
