import { join } from 'node:path';
import { BallistaSessionContext, type ClusterConfig, SessionContext, udf } from 'ballista';

/** The rows of the table `facts`, in Parquet files: `id` 0, 1, …, `k` is `id % GROUPS` and `v` is `3 * id`. */
export const ROWS = 400_000;
const FILES = 4;
const GROUPS = 100;
/** The rows of the in-memory table `m`: `x` 0, 1, …. */
const MEMORY = 1_000;

export const KINDS = ['lookup', 'group', 'join', 'memory', 'udf', 'write'] as const;
export type Kind = (typeof KINDS)[number];

/** Writes the Parquet files of `facts` and `dims`. */
export async function makeTables(folder: string): Promise<void> {
  const ctx = SessionContext.local();
  const size = ROWS / FILES;
  for (let file = 0; file < FILES; file++) {
    const rows = `range(${file * size}, ${(file + 1) * size})`;
    const df = await ctx.sql(`SELECT value AS id, value % ${GROUPS} AS k, 3 * value AS v FROM ${rows}`);
    await df.writeParquet(join(folder, 'facts', `${file}.parquet`), { singleFileOutput: true });
  }
  const dims = await ctx.sql(`SELECT value AS k, 'group ' || value AS name FROM range(${GROUPS})`);
  await dims.writeParquet(join(folder, 'dims', '0.parquet'), { singleFileOutput: true });
  await ctx.close();
}

const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64', skipNulls: true }, (x) => 2n * x);

/** A context with the tables. */
export async function connect(
  url: string,
  folder: string,
  config: ClusterConfig = {},
): Promise<BallistaSessionContext> {
  const ctx = new BallistaSessionContext(url, { clusterConfig: config });
  await ctx.registerParquet('facts', join(folder, 'facts'));
  await ctx.registerParquet('dims', join(folder, 'dims'));
  const memory = await ctx.fromColumns({ x: BigInt64Array.from({ length: MEMORY }, (_, x) => BigInt(x)) });
  await ctx.registerRecordBatches('m', await memory.collect());
  ctx.registerUdf(twice);
  return ctx;
}

const sum = (count: number): bigint => (BigInt(count) * BigInt(count - 1)) / 2n;

/** Runs a query of a kind. Throws if the result is wrong. `number` is different for each query of a client. */
export async function run(ctx: BallistaSessionContext, kind: Kind, number: number, folder: string): Promise<void> {
  const rows = async (sql: string) => (await ctx.sql(sql)).toArray();
  const id = (number * 7919) % ROWS;
  switch (kind) {
    case 'lookup':
      return same(await rows(`SELECT k, v FROM facts WHERE id = ${id}`), [{ k: id % GROUPS, v: 3 * id }]);
    case 'group': {
      const groups = 'SELECT k, count(*) AS n FROM facts GROUP BY k';
      return same(await rows(`SELECT count(*) AS groups, min(n) AS least, max(n) AS most FROM (${groups})`), [
        { groups: GROUPS, least: ROWS / GROUPS, most: ROWS / GROUPS },
      ]);
    }
    case 'join': {
      const joined = `facts JOIN dims ON facts.k = dims.k WHERE name = 'group ${id % GROUPS}'`;
      return same(await rows(`SELECT count(*) AS n FROM ${joined}`), [{ n: ROWS / GROUPS }]);
    }
    case 'memory':
      return same(await rows('SELECT sum(x) AS s FROM m'), [{ s: sum(MEMORY) }]);
    case 'udf':
      return same(await rows('SELECT sum(twice(x)) AS s FROM m'), [{ s: 2n * sum(MEMORY) }]);
    case 'write': {
      const df = await ctx.sql('SELECT x FROM m');
      const file = join(folder, `${number % 4}.parquet`);
      await df.writeParquet(file, { singleFileOutput: true, mode: 'overwrite' });
      return same([{ n: await (await ctx.readParquet(file)).count() }], [{ n: MEMORY }]);
    }
  }
}

/** The rows of `facts` that the big query joins with all of them. */
const BIG_ROWS = 40_000;

/** A query that keeps the whole cluster busy for some seconds. Throws if the result is wrong. */
export async function runBig(ctx: BallistaSessionContext): Promise<void> {
  const joined = `facts AS a JOIN facts AS b ON a.k = b.k WHERE a.id < ${BIG_ROWS} AND a.v < b.v + 1`;
  const rows = await (await ctx.sql(`SELECT count(*) AS n FROM ${joined}`)).toArray();
  // The condition means a.id <= b.id. In each group, the first row matches all rows, the second all but one, and so on.
  const [few, all] = [BIG_ROWS / GROUPS, ROWS / GROUPS];
  same(rows, [{ n: GROUPS * (few * all - Number(sum(few))) }]);
}

function same(rows: readonly object[], expected: readonly object[]): void {
  const plain = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? Number(one) : one));
  if (plain(rows) !== plain(expected)) throw new Error(`${plain(rows)} instead of ${plain(expected)}`);
}
