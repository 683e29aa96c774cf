/**
 * Time zones: counts orders, which are stored in UTC, by the local day and hour of a shop. On 29 March 2026, Berlin switches to
 * summer time, so this day has 23 hours.
 *
 *     node scripts/run.mjs examples/time-zones.ts
 */

import { BallistaSessionContext } from 'ballista';

await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number', date: 'string' } });

// A `Date` becomes a timestamp in UTC. One order in every hour, for three days.
const orders = Array.from({ length: 72 }, (_, i) => ({ id: i, at: new Date(Date.UTC(2026, 2, 28, i)) }));
await ctx.registerView('orders', await ctx.fromRows(orders));

// `AT TIME ZONE` changes how an instant is shown, and on which day it is, but not the instant.
for (const zone of ['UTC', 'Europe/Berlin', 'Asia/Kolkata']) {
  const days = await ctx.sql(`
    SELECT CAST(at AT TIME ZONE '${zone}' AS DATE) AS day, count(*) AS orders
    FROM orders GROUP BY day ORDER BY day`);
  const counts = await days.toArray();
  console.log(zone, counts.map(({ day, orders }) => `${day}: ${orders}`).join(', '));
}

// The beginning of each local day, as an instant. `date_bin` would begin every day at midnight in UTC.
const days = await ctx.sql(`
  SELECT date_trunc('day', at AT TIME ZONE 'Europe/Berlin') AS begins, min(at) AS first, max(at) AS last, count(*) AS orders
  FROM orders GROUP BY begins ORDER BY begins`);
await days.show();

// Local times from a form or a file have no zone. There, `AT TIME ZONE` says in which zone they were written.
// Days follow the calendar, hours do not: from 9:00 on the 28th to 9:00 on the 30th, it is 2 days, but 47 hours.
const meetings = await ctx.sql(`
  WITH local AS (SELECT TIMESTAMP '2026-03-28T09:00:00' AT TIME ZONE 'Europe/Berlin' AS meeting)
  SELECT meeting, meeting + INTERVAL '2 days' AS two_days, meeting + INTERVAL '48 hours' AS hours FROM local`);
await meetings.show();
