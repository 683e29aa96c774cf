import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, udaf, udf } from 'ballista';
import { pythonProgram } from './lib/python.js';
import { measure, median, ms, report } from './lib/report.js';

const RUNS = 9;
const ROWS = 6_000_000;

/** Values as in the TPC-H table lineitem, in the columns that the functions need. */
const LINES = `
  SELECT 900.0 + value % 104050 AS price, CAST(value % 11 AS DOUBLE) / 100 AS discount,
         CASE value % 7 WHEN 0 THEN 'air' WHEN 1 THEN 'fob' WHEN 2 THEN 'mail' WHEN 3 THEN 'rail' WHEN 4 THEN 'reg air'
                        WHEN 5 THEN 'ship' ELSE 'truck' END AS mode
  FROM range(0, ${ROWS})`;

/** Compares TypeScript UDFs with native expressions and with Python UDFs, on the same rows. */
export async function functions(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ballista-bench-'));
  const ctx = await BallistaSessionContext.standalone({ vcores: 2 });
  try {
    const path = join(folder, 'lines.parquet');
    await ctx.sql(`COPY (${LINES}) TO '${path}' STORED AS PARQUET`);
    await ctx.registerParquet('files', path);
    await ctx.registerRecordBatches('lines', await (await ctx.table('files')).collect());
    const doubles = { args: ['Float64', 'Float64'], returns: 'Float64' } as const;
    ctx.registerUdf(udf({ name: 'by_row', ...doubles, skipNulls: true }, (price, discount) => price * (1 - discount)));
    ctx.registerUdf(
      udf({ name: 'by_batch', ...doubles, batch: true }, (price, discount, { rows, out }) => {
        const [p, d] = [price.toArray(), discount.toArray()] as [Float64Array, Float64Array];
        for (let i = 0; i < rows; i++) out[i] = (p[i] as number) * (1 - (d[i] as number));
        return out;
      }),
    );
    ctx.registerUdf(
      udf({ name: 'shout', args: ['Utf8'], returns: 'Utf8', skipNulls: true }, (text) => text.toUpperCase()),
    );
    const aggregate = { args: ['Float64'], returns: 'Float64', skipNulls: true } as const;
    ctx.registerUdaf(
      udaf({
        name: 'mean',
        ...aggregate,
        init: () => ({ sum: 0, n: 0 }),
        update: (state, x) => {
          state.sum += x;
          state.n++;
        },
        merge: (a, b) => ({ sum: a.sum + b.sum, n: a.n + b.n }),
        finish: ({ sum, n }) => (n === 0 ? null : sum / n),
      }),
    );
    ctx.registerUdaf(
      udaf({
        name: 'total',
        ...aggregate,
        state: 'Float64',
        init: () => 0,
        update: (state: number, x) => state + x,
        merge: (a, b) => a + b,
      }),
    );
    const time = async (query: string) => median(await measure(RUNS, async () => (await ctx.sql(query)).collect()));
    const native = await time('SELECT sum(price * (1 - discount)) FROM lines');
    const nativeText = await time('SELECT max(upper(mode)) FROM lines');
    const nativeFiles = await time('SELECT sum(price * (1 - discount)) FROM files');
    const python = timesOfPython(folder);
    const line = (name: string, took: number, base: number, theirs: Record<string, number | undefined>) => ({
      query: name,
      time: ms(took),
      'ratio to native': (took / base).toFixed(2),
      ...Object.fromEntries(
        Object.entries(theirs).map(([column, value]) => [
          column,
          value === undefined ? '–' : (value / took).toFixed(1),
        ]),
      ),
    });
    const grouped = (fn: string, groups: number) =>
      time(`SELECT max(a) FROM (SELECT ${fn}(price) AS a FROM lines GROUP BY CAST(price AS BIGINT) % ${groups})`);
    const [rows, arrays] = ['Python by row / this', 'Python by pyarrow / this'] as const;
    const aggregates = async () => {
      const lines = [];
      for (const [groups, theirs] of [
        [4, { [rows]: python?.few_rows, [arrays]: python?.few }],
        [100_000, { [rows]: undefined, [arrays]: python?.many }],
      ] as const) {
        const base = await grouped('avg', groups);
        const name = `${groups.toLocaleString('en')} groups`;
        lines.push(
          line(`${name}, native avg`, base, base, { [rows]: undefined, [arrays]: undefined }),
          line(`${name}, object state`, await grouped('mean', groups), base, theirs),
          line(`${name}, Float64 state`, await grouped('total', groups), base, theirs),
        );
      }
      return lines;
    };
    report('udf', [
      `${ROWS.toLocaleString('en')} rows, 2 concurrent tasks: \`sum(p * (1 - d))\` of two doubles and \`max(upper(s))\`, as native expressions and
as TypeScript UDFs, on an in-process cluster, median of ${RUNS} runs after a warm-up run. Python: the package datafusion 55 from PyPI, on
the same Parquet file and the same rows in memory, single-node with 2 partitions. Its aggregate is a mean, with pyarrow.compute and by
row. For 100,000 groups, it gets a tenth of the rows and runs once.`,
      [
        line('native, in memory', native, native, { [rows]: undefined, [arrays]: undefined }),
        line('by row', await time('SELECT sum(by_row(price, discount)) FROM lines'), native, {
          [rows]: python?.rows,
          [arrays]: python?.arrays,
        }),
        line('by batch', await time('SELECT sum(by_batch(price, discount)) FROM lines'), native, {
          [rows]: python?.rows,
          [arrays]: python?.arrays,
        }),
        line('text, native', nativeText, nativeText, { [rows]: undefined, [arrays]: undefined }),
        line('text, by row', await time('SELECT max(shout(mode)) FROM lines'), nativeText, {
          [rows]: python?.text,
          [arrays]: undefined,
        }),
        line('native, from Parquet', nativeFiles, nativeFiles, { [rows]: undefined, [arrays]: undefined }),
        line('by row, from Parquet', await time('SELECT sum(by_row(price, discount)) FROM files'), nativeFiles, {
          [rows]: undefined,
          [arrays]: python?.files,
        }),
        line('by batch, from Parquet', await time('SELECT sum(by_batch(price, discount)) FROM files'), nativeFiles, {
          [rows]: undefined,
          [arrays]: python?.files,
        }),
        ...(await aggregates()),
      ],
    ]);
  } finally {
    await ctx.close();
    rmSync(folder, { recursive: true });
  }
}

type PythonTimes = Record<'rows' | 'arrays' | 'text' | 'files' | 'few' | 'few_rows' | 'many', number>;

/** `undefined` if Python is not available. */
function timesOfPython(folder: string): PythonTimes | undefined {
  const program = pythonProgram();
  if (program === undefined) return undefined;
  const output = execFileSync(program, ['bench/python/udf.py', folder, String(RUNS)], { encoding: 'utf8' });
  return JSON.parse(output) as PythonTimes;
}
