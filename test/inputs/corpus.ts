import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { col, type DataFrame, type Expr, f, lit, type SessionContext, substrait, when } from 'ballista';

import { avroFile, avroLong, avroString } from '../support/avro.js';
import type { BytesKind } from './kinds.js';

/** Valid inputs, which are then changed. */
export type Corpus = Record<BytesKind, Buffer[]>;

const ROWS = `
  SELECT CAST(value AS INT) AS id,
    CASE WHEN value % 7 > 0 THEN 'name ' || value || ', "' || value || '"' END AS name,
    CAST(value * 100 AS DECIMAL(12, 2)) AS amount, value / 3.0 AS share, value % 2 = 0 AS even,
    DATE '2024-01-01' + CAST(value AS INT) AS day, CAST(value AS TIMESTAMP) AS at`;
const FLAT = `${ROWS} FROM range(60) ORDER BY id`;
const NESTED = `${ROWS}, make_array(value, NULL, value + 1) AS list, named_struct('a', value, 'b', ['x']) AS pair,
    map(['k'], [value]) AS lookup, arrow_cast('d' || (value % 3), 'Dictionary(Int32, Utf8)') AS kind
  FROM range(60) ORDER BY id`;

const QUERIES = [
  'SELECT k, count(*) AS n, sum(v) AS s FROM p WHERE v > 1 GROUP BY k HAVING count(*) > 1 ORDER BY n DESC LIMIT 5',
  'SELECT p.id, q.v, c.s FROM p JOIN q ON p.k = q.k LEFT JOIN c ON c.id = p.id AND c.v > 2',
  'SELECT id, row_number() OVER (PARTITION BY k ORDER BY v) AS r, lag(v) OVER (ORDER BY id) AS l FROM w',
  "SELECT upper(s) || 'x' AS u, CASE WHEN b THEN v ELSE -v END AS x, d + INTERVAL '1' DAY AS y FROM x UNION ALL SELECT s, k, d FROM q",
  "SELECT id FROM p WHERE id IN (SELECT k FROM q) AND v BETWEEN 1 AND 9 AND s LIKE 'a%'",
  'SELECT unnest([1, 2, v]) AS u FROM p',
  "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t(a, b)",
];

/** Makes the corpus with a context that has the tables of `test/fuzz/`, in a folder. */
export async function makeCorpus(ctx: SessionContext, folder: string): Promise<Corpus> {
  let files = 0;
  const written = async (sql: string, write: (df: DataFrame, path: string) => Promise<unknown>) => {
    const path = join(folder, `valid-${files++}.bin`);
    await write((await ctx.sql(sql)).repartition(1), path);
    return readFileSync(path);
  };
  const csv = (compression?: 'gzip' | 'bzip2' | 'xz' | 'zstd') =>
    written(FLAT, (df, path) => df.writeCsv(path, { singleFileOutput: true, ...(compression ? { compression } : {}) }));
  const parquet = (compression: 'uncompressed' | 'snappy' | 'gzip' | 'brotli' | 'lz4_raw' | 'zstd') =>
    written(NESTED, (df, path) => df.writeParquet(path, { singleFileOutput: true, compression }));
  const arrow = (compression?: 'lz4' | 'zstd') =>
    written(NESTED, (df, path) =>
      df.writeArrow(path, { singleFileOutput: true, ...(compression ? { compression } : {}) }),
    );
  const streams = [
    Buffer.from(await (await ctx.sql(NESTED)).toIPC()),
    Buffer.from(await (await ctx.sql(FLAT)).toIPC()),
  ];
  const arrowFiles = [await arrow(), await arrow('lz4'), await arrow('zstd')];
  const frames = await Promise.all(QUERIES.map((sql) => ctx.sql(sql)));
  return {
    parquet: [
      await parquet('uncompressed'),
      await parquet('snappy'),
      await parquet('gzip'),
      await parquet('zstd'),
      await parquet('lz4_raw'),
      await parquet('brotli'),
    ],
    csv: [await csv(), Buffer.from('a,b\n1,"x\ny"\n2,\n')],
    json: [await written(NESTED_JSON, (df, path) => df.writeJson(path, { singleFileOutput: true }))],
    avro: [...['people', 'mixed'].map((name) => readFileSync(`test/fixtures/${name}.avro`)), smallAvro()],
    'arrow file': arrowFiles,
    'arrow stream file': streams,
    'gzip csv': [await csv('gzip')],
    'bzip2 csv': [await csv('bzip2')],
    'xz csv': [await csv('xz')],
    'zstd csv': [await csv('zstd')],
    'arrow bytes': [...streams, ...arrowFiles],
    'logical plan': await all(frames, async (df) => (await df.optimizedLogicalPlan()).toBytes()),
    'execution plan': await all(frames, async (df) => (await df.executionPlan()).toBytes()),
    'substrait plan': await all(QUERIES, (sql) => substrait.serializeBytes(sql, ctx)),
    expression: EXPRESSIONS.map((expr) => Buffer.from(expr.toBytes())),
  };
}

const NESTED_JSON = `SELECT value AS id, 'n' || value AS name, make_array(value, NULL) AS list, named_struct('a', value) AS pair
  FROM range(60) ORDER BY id`;

const EXPRESSIONS: readonly Expr[] = [
  col('a').add(1).mul(lit(2.5)).gt(3).and(col('s').like('a%')),
  when(col('p'), lit('x')).otherwise(col('s').upper()),
  col('a')
    .inList([lit(1), lit(null)])
    .or(col('a').between(lit(1), lit(9))),
  f.sum(col('a')).filter(col('p')),
  lit(new Date(0)).cast('Date32'),
];

/** The bytes of all that can be encoded: Substrait lacks some parts of SQL. */
async function all<T>(items: readonly T[], encode: (item: T) => Promise<Uint8Array>): Promise<Buffer[]> {
  const results = await Promise.allSettled(items.map(encode));
  const encoded = results.flatMap((result) => (result.status === 'fulfilled' ? [Buffer.from(result.value)] : []));
  if (encoded.length < 3) throw new Error(`only ${encoded.length} of ${items.length} can be encoded`);
  return encoded;
}

function smallAvro(): Buffer {
  const fields = [
    { name: 'n', type: 'long' },
    { name: 's', type: ['null', 'string'] },
  ];
  const record = (n: number) => Buffer.concat([avroLong(n), avroLong(1), avroString(`name ${n}`)]);
  const data = Buffer.concat([1, 2, 3].map(record));
  return avroFile({ type: 'record', name: 'r', fields }, 'null', [
    { count: 3, data },
    { count: 3, data },
  ]);
}
