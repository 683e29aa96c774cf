import { afterAll } from 'vitest';

import { setupTestCluster } from '../../src/cluster/test-cluster.js';
import { BallistaSessionContext } from '../../src/session/ballista-session-context.js';
import { FLIGHTS } from '../support/data.js';

/** Starts a cluster for the tests of a file. Returns a context with three million flights in the table `flights`. */
export async function withFlights(): Promise<BallistaSessionContext> {
  const cluster = await setupTestCluster({ executors: 1, vcores: 2 });
  const ctx = new BallistaSessionContext(cluster.url);
  afterAll(async () => {
    await ctx.close();
    await cluster.close();
  });
  await ctx.registerParquet('flights', FLIGHTS);
  return ctx;
}

/** Two rows with many types. The second row has nulls. */
export const TYPES = `
  SELECT * FROM (VALUES
    (1, 1.5, true, 'Köln', CAST('12.30' AS DECIMAL(10, 2)), DATE '2021-01-31',
     arrow_cast('1969-12-31T23:59:59.999999', 'Timestamp(Microsecond, None)'),
     arrow_cast('2021-01-31T12:00:00Z', 'Timestamp(Millisecond, Some("UTC"))'),
     arrow_cast('a', 'Dictionary(Int32, Utf8)'), [1, NULL], {x: 1, y: 'k'}, x'0102'),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL))
  AS t(id, number, truth, text, price, day, at, zoned, word, list, struct, bytes)
  ORDER BY id`;

const NULLS = {
  ...{ number: null, truth: null, text: null, price: null, day: null, at: null, zoned: null },
  ...{ word: null, list: null, struct: null, bytes: null },
};

/** The rows of {@link TYPES} as plain objects. */
export const ROWS = [
  {
    id: 1n,
    number: 1.5,
    truth: true,
    text: 'Köln',
    price: '12.30',
    day: new Date('2021-01-31'),
    at: new Date('1969-12-31T23:59:59.999Z'),
    zoned: new Date('2021-01-31T12:00:00Z'),
    word: 'a',
    list: [1n, null],
    struct: { x: 1n, y: 'k' },
    bytes: Uint8Array.of(1, 2),
  },
  { id: 2n, ...NULLS },
] as const;

/** The same rows as other libraries return them. These round timestamps before 1970 toward 1970. */
export const ROUNDED = [{ ...ROWS[0], at: new Date(0) }, ROWS[1]] as const;

/** A query for 63,449 rows in several batches, each with a dictionary. Needs the table `flights`. */
export const LATE = `
  SELECT arrow_cast(origin, 'Dictionary(Int32, Utf8)') AS origin, CAST(delay AS INT) AS delay
  FROM flights WHERE delay > 100`;

/** The number of rows in {@link LATE} for some airports. */
export const LATE_COUNTS = { ABE: 65, ABI: 23, ABQ: 249 };

/** Counts the rows for each airport in {@link LATE_COUNTS}. */
export function countLate(origins: Iterable<unknown>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const origin of origins)
    if (String(origin) in LATE_COUNTS) counts[String(origin)] = (counts[String(origin)] ?? 0) + 1;
  return counts;
}
