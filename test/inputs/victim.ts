/**
 * Gives inputs to the library, in a program of its own because an input may end it.
 *
 * @module
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BallistaError,
  BallistaSessionContext,
  type DataFrame,
  ExecutionPlan,
  Expr,
  LogicalPlan,
  SessionContext,
  substrait,
} from 'ballista';

import { Database } from '../fuzz/database.js';
import type { Named } from '../fuzz/draft.js';
import { answer, argument } from '../support/answer.js';
import { makeCorpus } from './corpus.js';
import type { BytesKind, Kind } from './kinds.js';

export interface VictimOptions {
  /** For its files. */
  readonly folder: string;
}

/** What the program has when it is ready. */
export interface Ready {
  readonly tables: readonly [Named, ...Named[]];
  readonly functions: readonly string[];
  /** In base 64. */
  readonly corpus: Readonly<Record<BytesKind, readonly string[]>>;
}

export interface Input {
  readonly kind: Kind;
  /** SQL, or bytes in base 64. */
  readonly content: string;
  /** Whether the query runs on a cluster, in the same process. */
  readonly onCluster: boolean;
}

/** How an input ended: with rows, with an error code, aborted because it takes long, or with an error without a code. */
export interface InputEnd {
  readonly end: 'rows' | 'aborted' | 'uncoded' | (string & {});
  readonly message?: string;
}

/** A query that takes longer is aborted. */
const ABORT_MS = 2_000;
/** No more rows of a result are read. */
const MOST_ROWS = 2_000;

const { folder } = argument<VictimOptions>();
mkdirSync(folder, { recursive: true });
const database = await Database.create(1, join(folder, 'tables'));
const limits = {
  memoryTableLimitBytes: 2 ** 26,
  runtime: { memoryPool: 'fair', memoryLimitBytes: 2 ** 28 },
} as const;
const local = SessionContext.local(limits);
const cluster = await BallistaSessionContext.standalone({
  executors: 1,
  vcores: 2,
  memoryLimitBytes: 2 ** 28,
  ...limits,
});
for (const ctx of [local, cluster]) await database.register(ctx);

async function read(df: DataFrame): Promise<void> {
  const signal = AbortSignal.timeout(ABORT_MS);
  let rows = 0;
  for await (const _ of df.rows({ signal, json: true })) if (++rows >= MOST_ROWS) break;
}

let numbers = 0;

async function run({ kind, content, onCluster }: Input): Promise<void> {
  const ctx = onCluster ? cluster : local;
  if (kind === 'sql' || kind === 'deep sql')
    return read(await ctx.sql(content, { signal: AbortSignal.timeout(ABORT_MS) }));
  const bytes = Buffer.from(content, 'base64');
  const file = () => {
    const path = join(folder, `input-${numbers++ % 16}`);
    writeFileSync(path, bytes);
    return path;
  };
  switch (kind) {
    case 'parquet':
      return read(await ctx.readParquet(file()));
    case 'csv':
      return read(await ctx.readCsv(file()));
    case 'json':
      return read(await ctx.readJson(file()));
    case 'avro':
      return read(await ctx.readAvro(file()));
    case 'arrow file':
    case 'arrow stream file':
      return read(await ctx.readArrow(file()));
    case 'gzip csv':
      return read(await ctx.readCsv(file(), { fileCompressionType: 'gzip' }));
    case 'bzip2 csv':
      return read(await ctx.readCsv(file(), { fileCompressionType: 'bzip2' }));
    case 'xz csv':
      return read(await ctx.readCsv(file(), { fileCompressionType: 'xz' }));
    case 'zstd csv':
      return read(await ctx.readCsv(file(), { fileCompressionType: 'zstd' }));
    case 'arrow bytes':
      return read(await ctx.fromArrow(bytes));
    case 'logical plan': {
      const plan = LogicalPlan.fromBytes(ctx, bytes);
      return read(await ctx.executeLogicalPlan(plan));
    }
    case 'execution plan':
      void String(ExecutionPlan.fromBytes(ctx, bytes));
      return;
    case 'substrait plan': {
      const plan = await substrait.fromSubstraitPlan(ctx, substrait.deserializeBytes(bytes));
      return read(await ctx.executeLogicalPlan(plan));
    }
    case 'expression': {
      const expr = Expr.fromBytes(bytes);
      await read((await ctx.table('p')).select(expr));
    }
  }
}

async function handle(input: Input): Promise<InputEnd> {
  try {
    await run(input);
    return { end: 'rows' };
  } catch (error) {
    if (BallistaError.is(error)) return { end: error.code, message: error.message };
    if (error instanceof DOMException && error.name === 'TimeoutError') return { end: 'aborted' };
    return { end: 'uncoded', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const corpus = await makeCorpus(database.local, folder);
const encoded = Object.entries(corpus).map(([kind, all]) => [kind, all.map((bytes) => bytes.toString('base64'))]);
await answer(
  {
    tables: database.tables,
    functions: [...local.udfs(), ...local.udafs(), ...local.udwfs()],
    corpus: Object.fromEntries(encoded),
  } as Ready,
  handle,
  async () => {
    await cluster.close();
    await local.close();
    await database.close();
  },
);
