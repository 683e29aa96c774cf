/**
 * SQL and DataFrames over three million real flights, on a cluster in this process.
 *
 *     npm run quickstart
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BallistaSessionContext, col, f, type QueryProgress } from 'ballista';

type Capital = { city: string; state: string; lat: number; lon: number };

const started = performance.now();

// Starts a scheduler and an executor in this process. `new BallistaSessionContext('df://host:50050')` connects to a remote cluster.
const ctx = await BallistaSessionContext.standalone();

const data = new URL('../data/', import.meta.resolve('vega-datasets'));
const file = (name: string): string => fileURLToPath(new URL(name, data));
await ctx.registerParquet('flights', file('flights-3m.parquet'));
await ctx.registerCsv('airports', file('airports.csv'));

// Queries can join rows of this program with files. The rows are sent to the cluster once. (Files with one JSON object a line
// do not need this: use ctx.registerJson.)
const capitals: Capital[] = JSON.parse(readFileSync(file('us-state-capitals.json'), 'utf8'));
await ctx.registerView('capitals', await ctx.fromRows(capitals));

title('Where do flights leave late? (Parquet and CSV)');
const late = await ctx.sql(`
  SELECT a.name, a.state, count(*) AS flights,
         round(avg(f.delay), 1) AS avg_delay,
         round(100.0 * count(*) FILTER (WHERE f.delay > 15) / count(*), 1) AS late_percent
  FROM flights f JOIN airports a ON a.iata = f.origin
  GROUP BY a.name, a.state
  HAVING count(*) > 20000
  ORDER BY late_percent DESC
  LIMIT 8`);
await late.show(20, { onProgress: draw });
console.log(`First result ${((performance.now() - started) / 1000).toFixed(1)} s after the start.`);

title('How does delay build up over a day? (a window function)');
const byHour = await ctx.sql(`
  WITH by_hour AS (
    SELECT CAST(date_part('hour', date) AS INT) AS hour, count(*) AS flights, avg(delay) AS delay
    FROM flights
    GROUP BY 1
  )
  SELECT hour, flights, round(delay, 1) AS avg_delay,
         round(delay - lag(delay) OVER (ORDER BY hour), 1) AS change
  FROM by_hour
  WHERE hour >= 5
  ORDER BY hour`);
await byHour.show();

title('Which state capitals are best connected? (JSON, CSV and Parquet in one query)');
const connected = await ctx.sql(`
  SELECT c.city AS capital, c.state, a.iata, count(*) AS departures, count(DISTINCT f.destination) AS destinations
  FROM capitals c
  JOIN airports a ON a.city = c.city AND abs(a.latitude - c.lat) < 0.5 AND abs(a.longitude - c.lon) < 0.5
  JOIN flights f ON f.origin = a.iata
  GROUP BY c.city, c.state, a.iata
  ORDER BY departures DESC
  LIMIT 8`);
await connected.show();

title('The busiest long hauls (the DataFrame API)');
const flights = await ctx.table('flights');
const longHauls = flights
  .filter(col('distance').gt(2000))
  .aggregate(
    [col('origin'), col('destination')],
    [f.count().alias('flights'), f.avg(col('delay')).alias('avg_delay'), f.max(col('distance')).alias('miles')],
  )
  .withColumn('avg_delay', f.round(col('avg_delay'), 1))
  .sort(col('flights').desc())
  .limit(5);
await longHauls.show();

title('… and how the cluster runs that');
await longHauls.explain({ format: 'tree' });

await ctx.close();

/** Draws the progress of a query on a terminal, and nothing on a pipe. */
function draw({ state, tasks, elapsedMs }: QueryProgress): void {
  if (!process.stderr.isTTY) return;
  const counted = tasks ? `${tasks.done} of ${tasks.total} tasks, ` : '';
  const line = state === 'running' ? `${counted}${(elapsedMs / 1000).toFixed(1)} s` : '';
  process.stderr.write(`\r\x1b[K${line}`);
}

function title(text: string): void {
  console.log(`\n${text}`);
}
