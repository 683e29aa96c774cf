/**
 * Time zones: counts orders, which are stored in UTC, by the local day and hour of each shop. On 29 March 2026, Berlin switches
 * to summer time, so this day has 23 hours.
 *
 *     node scripts/run.mjs examples/time-zones.ts
 */

import { BallistaSessionContext } from 'ballista';

const ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });

// A `Date` becomes a timestamp in UTC. One order in every hour, for three days.
const orders = Array.from({ length: 72 }, (_, i) => ({ id: i, at: new Date(Date.UTC(2026, 2, 28, i)) }));
await ctx.registerView('orders', await ctx.fromRows(orders));

// A cast to a type with a zone changes how an instant is shown, not the instant. `to_local_time` then drops the zone, and
// returns what a clock on the wall shows.
for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata']) {
  const days = await ctx.sql(`
    SELECT CAST(to_local_time(arrow_cast(at, 'Timestamp(ms, "${zone}")')) AS DATE) AS day, count(*) AS orders
    FROM orders GROUP BY day ORDER BY day`);
  const counts = await days.toArray({ date: 'string' });
  console.log(zone, counts.map(({ day, orders }) => `${day}: ${orders}`).join(', '));
}

// The text of a timestamp with a zone contains the offset at this instant.
const night = await ctx.sql(`
  SELECT at AS utc, CAST(arrow_cast(at, 'Timestamp(ms, "Europe/Berlin")') AS VARCHAR) AS berlin
  FROM orders WHERE at BETWEEN '2026-03-29T00:00:00Z' AND '2026-03-29T02:00:00Z' ORDER BY at`);
await night.show();

// Local times in a file: `AT TIME ZONE` says in which zone they were written, so they become instants.
const meeting = await ctx.sql(`
  SELECT TIMESTAMP '2026-03-28T09:00:00' AT TIME ZONE 'Europe/Berlin' AS before,
         TIMESTAMP '2026-03-30T09:00:00' AT TIME ZONE 'Europe/Berlin' AS after`);
console.log(await meeting.toArray({ timestamp: 'string' }));

// Days of the calendar and hours are not the same: between the two meetings are 2 days, but 47 hours.
const interval = await ctx.sql(`
  SELECT TIMESTAMP '2026-03-28T09:00:00' AT TIME ZONE 'Europe/Berlin' + INTERVAL '2 days' AS days,
         TIMESTAMP '2026-03-28T09:00:00' AT TIME ZONE 'Europe/Berlin' + INTERVAL '47 hours' AS hours`);
console.log(await interval.toArray({ timestamp: 'string' }));

await ctx.close();
