/**
 * Sessionising: divides the clicks of each user into sessions. A session ends after 30 minutes without a click.
 *
 *     node scripts/run.mjs examples/sessionize.ts [folder]
 */

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, col, f, Window } from 'ballista';

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'sessions-')));
await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });

// Three users click every 1 to 10 minutes, and pause for an hour after each tenth click.
const clicks = await ctx.fromRows(
  Array.from({ length: 90 }, (_, i) => {
    const [user, n] = [i % 3, Math.floor(i / 3)];
    const minutes = n * (1 + user * 4) + Math.floor(n / 10) * 60;
    return { user: `user${user}`, at: new Date(Date.UTC(2026, 0, 5, 8, minutes)), page: `/page/${(i * 7) % 5}` };
  }),
);

const byTime = Window.partitionBy('user').orderBy('at');

// A click starts a session if it is the first of its user, or if the click before it is too long ago.
// The running sum of these starts is the number of the session.
const sessions = clicks
  .withColumn('before', f.lag(col('at')).over(byTime))
  .withColumn('starts', "CASE WHEN at - before <= INTERVAL '30 minutes' THEN 0 ELSE 1 END")
  .withColumn('session', f.sum(col('starts')).over(byTime.rowsBetween(-Infinity, 0)))
  .groupBy('user', 'session')
  .agg(
    f.min(col('at')).alias('started'),
    f.max(col('at')).alias('ended'),
    f.count().alias('clicks'),
    f.firstValue(col('page'), { orderBy: 'at' }).alias('landing'),
  )
  .withColumn('minutes', "date_part('epoch', ended - started) / 60");

await sessions.sort('user', 'session').writeParquet(join(folder, 'sessions.parquet'));

const written = await ctx.readParquet(join(folder, 'sessions.parquet'));
const report = written
  .groupBy('user')
  .agg(f.count().alias('sessions'), f.avg(col('clicks')).alias('clicks'), f.avg(col('minutes')).alias('minutes'))
  .sort('user');
await report.show();
