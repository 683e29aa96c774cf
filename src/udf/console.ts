/**
 * What functions print, with the task for which they did: it goes where the log of the executor goes.
 *
 * @module
 */

import { Console } from 'node:console';
import { Writable } from 'node:stream';

let speaker = 'udf';

/** Who prints from now on. */
export function speaks(task: string, name: string): void {
  speaker = `${task} ${name}`;
}

/** Makes `console` print to standard error, each line with who printed it. */
export function takeConsole(): void {
  const lines = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      process.stderr.write(text.replace(/^(?=.)/gmu, `[${speaker}] `), done);
    },
  });
  globalThis.console = new Console({ stdout: lines, stderr: lines });
}
