import { execFileSync } from 'node:child_process';
import { createReadStream, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

import { writeTo, writeToFile } from '../../../src/cli/output/target.js';
import { tempFolder } from '../../support/data.js';

const temp = tempFolder();

it('writes no faster than the stream takes it', async () => {
  const stream = new PassThrough({ highWaterMark: 4 });
  let asked = 0;
  async function* pieces() {
    for (; asked < 100; asked++) yield 'abcdefgh';
  }
  const written = writeTo(stream, pieces());
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBeLessThan(2);
  const read = text(stream);
  await written;
  stream.end();
  expect((await read).length).toBe(800);
});

it('ends when it is aborted, even while the stream takes nothing', async () => {
  const stream = new PassThrough({ highWaterMark: 1 });
  const controller = new AbortController();
  const reason = new Error('enough');
  const written = writeTo(stream, ['aa', 'bb'], controller.signal);
  controller.abort(reason);
  await expect(written).rejects.toBe(reason);
});

it('writes a whole file, or into a pipe that exists', async () => {
  async function* pieces() {
    yield 'a';
    yield Buffer.from('b');
  }
  await writeToFile(temp('file'), pieces());
  expect(readFileSync(temp('file'), 'utf8')).toBe('ab');
  execFileSync('mkfifo', [temp('pipe')]);
  const read = text(createReadStream(temp('pipe')));
  await writeToFile(temp('pipe'), pieces());
  expect(await read).toBe('ab');
});
