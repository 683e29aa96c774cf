import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { inputs } from '../inputs/campaign.js';
import { KINDS } from '../inputs/kinds.js';
import { ports } from '../inputs/ports.js';
import type { Server } from '../inputs/request-recorder.js';
import { table } from '../inputs/table.js';
import { tempFolder } from '../support/data.js';

const temp = tempFolder();
const COUNT = 50;

// Each error that this test or `npm run inputs` finds gets its own test.
describe.runIf(process.platform === 'linux')('wrong inputs do not crash, do not hang, and get a code', () => {
  it('of the library', async () => {
    const all = await inputs({ kinds: KINDS, count: COUNT, seed: 1, kept: join(temp('kept'), 'library') });
    console.table(table(all));
    expect(all.flatMap(({ faults }) => faults)).toEqual([]);
    for (const { kind, inputs: count, codes } of all) {
      expect(count, kind).toBe(COUNT);
      expect(
        [...codes.values()].reduce((sum, times) => sum + times, 0),
        kind,
      ).toBeGreaterThan(COUNT / 20);
    }
  }, 900_000);

  it('of all ports', async () => {
    const all = await ports({ count: COUNT, seed: 1, kept: join(temp('kept'), 'ports') });
    console.table(table(all));
    expect(all.flatMap(({ faults }) => faults)).toEqual([]);
    for (const { kind, inputs: count } of all) expect(count, kind).toBe(COUNT);
    // Changed messages reach the handlers.
    const changed = (server: Server) => all.find(({ kind }) => kind === `${server} port: changed messages`);
    for (const server of ['scheduler', 'executor tasks'] as const)
      expect(changed(server)?.rows, server).toBeGreaterThan(0);
    expect([...(changed('executor rows')?.codes.keys() ?? [])]).toContainEqual(expect.stringMatching(/^grpc /));
  }, 900_000);
});
