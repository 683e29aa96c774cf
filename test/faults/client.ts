/**
 * A client as a program. It reads results in steps, so that the caller decides in which phase of a query something breaks.
 *
 * @module
 */

import { setTimeout } from 'node:timers/promises';
import { BallistaSessionContext, type ClusterConfig, type RecordBatchStream } from 'ballista';

import { answer, argument } from '../support/answer.js';
import { Digester } from './rows.js';

/** The argument of the program. */
export interface ClientOptions {
  readonly url: string;
  readonly config: ClusterConfig;
  /** Folders of Parquet files by table. */
  readonly tables: Readonly<Record<string, string>>;
}

export type ClientRequest =
  /** Resolves when the query has a job. */
  | { readonly what: 'start'; readonly query: number; readonly sql: string }
  /** Resolves when the first rows are there. */
  | { readonly what: 'first'; readonly query: number }
  /** Reads the other rows, after a pause. Returns a {@link Digest}. */
  | { readonly what: 'rest'; readonly query: number; readonly pauseMs?: number };

interface Query {
  readonly stream: RecordBatchStream;
  readonly digester: Digester;
  readonly first: Promise<void>;
}

const { url, config, tables } = argument<ClientOptions>();
const ctx = new BallistaSessionContext(url, { clusterConfig: config });
const queries = new Map<number, Query>();

async function start(sql: string): Promise<Query> {
  const stream = (await ctx.sql(sql)).stream();
  const digester = new Digester();
  const next = async () => {
    const { value } = await stream.next();
    if (value) digester.add(value);
  };
  const first = next();
  first.catch(() => undefined);
  let over = false;
  const ended = () => {
    over = true;
  };
  first.then(ended, ended);
  while (stream.jobId === undefined && !over) await setTimeout(1);
  return { stream, digester, first };
}

async function handle(request: ClientRequest): Promise<unknown> {
  if (request.what === 'start') {
    queries.set(request.query, await start(request.sql));
    return;
  }
  const query = queries.get(request.query);
  if (!query) throw new Error(`there is no query ${request.query}`);
  await query.first;
  if (request.what === 'first') return;
  queries.delete(request.query);
  await setTimeout(request.pauseMs ?? 0);
  for await (const batch of query.stream) query.digester.add(batch);
  return query.digester.digest;
}

for (const [name, folder] of Object.entries(tables)) await ctx.registerParquet(name, folder);
await answer({}, handle, () => ctx.close());
