/**
 * Reads a CSV file from a web server and Parquet files from S3 in one query, and writes the result to S3.
 *
 *     node scripts/run.mjs examples/remote-files.ts https://example.com/airports.csv s3://bucket/flights/ s3://bucket/busiest.parquet
 *
 * The credentials for S3 come from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, the address of a
 * compatible service from `AWS_ENDPOINT`. If this address begins with `http:`, set `AWS_ALLOW_HTTP=true`.
 */

import { BallistaError, BallistaSessionContext } from 'ballista';

const [airports, flights, result] = process.argv.slice(2);
if (!airports || !flights || !result)
  throw new Error('The arguments are the URLs of airports, flights and the result.');

await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number' } });

try {
  await ctx.registerCsv('airports', airports);
  // Only the columns and the row groups that the query needs are fetched, by range requests.
  await ctx.registerParquet('flights', flights);
} catch (error) {
  if (!BallistaError.is(error) || error.code !== 'OBJECT_STORE') throw error;
  console.error(`A file cannot be read: ${error.message}`);
  process.exit(1);
}

const busiest = await ctx.sql(`
  SELECT a.city, count(*) AS flights, round(avg(f.delay), 1) AS delay
  FROM flights f JOIN airports a ON a.iata = f.origin
  GROUP BY a.city ORDER BY flights DESC LIMIT 3`);
await busiest.writeParquet(result);
await (await ctx.readParquet(result)).sort('city').show();
