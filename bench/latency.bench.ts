import { BallistaSessionContext } from 'ballista';
import { flights } from './lib/flights.js';
import { measure, median, ms, report } from './lib/report.js';
import { stock } from './lib/stock.js';

const RUNS = 15;

const queries = {
  'SELECT 1': 'SELECT 1',
  '25-row GROUP BY': 'SELECT value % 5 AS k, count(*) AS n FROM (SELECT unnest(range(0, 25)) AS value) GROUP BY k',
  'GROUP BY over 3 million flights': 'SELECT origin, count(*) AS n, avg(delay) AS d FROM flights GROUP BY origin',
};

/** Small queries and one real one: ours, the stock client with its standalone cluster, and single-node DataFusion. */
export async function latency(): Promise<void> {
  const ctx = await BallistaSessionContext.standalone();
  const ours: number[][] = [];
  try {
    await ctx.registerParquet('flights', flights);
    for (const query of Object.values(queries)) {
      ours.push(await measure(RUNS, async () => (await ctx.sql(query)).collect()));
    }
  } finally {
    await ctx.close();
  }
  const reference = await stock({ table: 'flights', path: flights, queries: Object.values(queries), runs: RUNS });
  report(
    'latency',
    `Median of ${RUNS} runs after one, all in one run. *Stock* is the Rust client with its own standalone cluster.`,
    Object.keys(queries).map((name, index) => {
      const own = median(ours[index] ?? []);
      const stock = median(reference.stock[index] ?? []);
      const single = median(reference.single[index] ?? []);
      return {
        query: name,
        ours: ms(own),
        stock: ms(stock),
        'single node': ms(single),
        'stock / ours': (stock / own).toFixed(2),
        'ours / single node': (own / single).toFixed(2),
      };
    }),
  );
}
