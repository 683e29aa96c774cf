import { tableFromArrays } from 'apache-arrow';
import { BallistaSessionContext, col, udf } from 'ballista';

/** Runs a query with a TypeScript UDF on a cluster in this process. */
export async function answer() {
  const ctx = await BallistaSessionContext.standalone({ vcores: 1 });
  try {
    const twice = udf({ name: 'twice', args: ['Int32'], returns: 'Int32', skipNulls: true }, (n) => n * 2);
    const numbers = await ctx.fromArrow(tableFromArrays({ n: Int32Array.of(20, 21) }));
    const [row] = await numbers
      .filter(col('n').gt(20))
      .select(twice(col('n')).alias('n'))
      .toArray();
    return `the UDF returned ${row?.n}`;
  } finally {
    await ctx.close();
  }
}
