import { expect, it } from 'vitest';

import { campaign } from '../faults/campaign.js';
import { SCENARIOS } from '../faults/scenarios.js';
import { faulty, table } from '../faults/table.js';

const ROUNDS = 1;

it.runIf(process.platform === 'linux')(
  'whatever breaks, a query returns the right rows or fails with a code, and the cluster recovers',
  async () => {
    const rows = await campaign({ scenarios: SCENARIOS, rounds: ROUNDS, seed: 1, stopMs: 12_000, parallel: 4 });
    console.table(table(rows));
    const faults = rows.flatMap((row) =>
      row.results.filter((result) => faulty(row, result)).map((result) => ({ name: row.name, ...result })),
    );
    expect(faults).toEqual([]);
    for (const { name, skipped, results } of rows) expect(results.length, name).toBe(skipped ? 0 : ROUNDS);
  },
  1_800_000,
);
