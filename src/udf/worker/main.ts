/**
 * The worker thread that runs UDFs. Rust sends calls and receives the results.
 *
 * @module
 */

import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
// biome-ignore lint/style/noRestrictedImports: bundled packages require modules of Node
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deserialize } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { Data, Field, RecordBatch, Schema, Struct, Type } from 'apache-arrow';

import { readSchema } from '../../arrow/ipc/decode.js';
import { encode } from '../../arrow/ipc/encode.js';
import { native } from '../../native.js';
import { createFolder } from '../../platform/folder.js';
import { hashOf } from '../code/hash.js';
import { type Origin, sourceUrl } from '../code/origin.js';
import { VALUES } from '../code/source.js';
import type { CallSettings, Definition } from '../definition.js';
import type { WorkerData } from '../pool.js';
import { type AggregatePart, aggregateRunner, type Functions } from './aggregate-runner.js';
import { type Speaker, speaks, takeConsole } from './console.js';
import type { Call, Runner, UserFunction } from './runner.js';
import { runner } from './scalar-runner.js';
import { tableRunner } from './table-runner.js';
import { toReport } from './thrown.js';
import { windowRunner } from './window-runner.js';

/** A loaded function. */
interface Ready {
  readonly name: string;
  readonly origin: Origin | undefined;
  readonly run: Runner;
}

const { pool, id, folder, codeHashes } = workerData as WorkerData;
/** The loaded functions, by the hash of their definition. */
const functions = new Map<string, Ready>();
/** The abort controller of the running call. */
let stop = new AbortController();

takeConsole();
// The message means that the thread will end soon.
parentPort?.once('message', () => stop.abort());
// Bundled packages require modules of Node.
const loading = new Map<string, unknown>();
Object.assign(globalThis, { require: createRequire(process.execPath), [VALUES]: loading });
const worker = new (native().NativeUdfWorker)(pool, id, (call, functionHash, task, rows, block, log) => {
  const tell = log === null ? undefined : (line: string) => worker.log(log, line);
  const ready = functions.get(functionHash);
  const input = block ?? room;
  if (ready) return run(call, ready, { task, name: ready.name, tell }, rows, input);
  load(call, functionHash, { task, tell }).then(
    (loaded) => {
      worker.ready(call);
      run(call, loaded, { task, name: loaded.name, tell }, rows, input);
    },
    (failure: unknown) => worker.failed(call, toReport(failure, undefined), false),
  );
});

const room = worker.room();

async function load(call: number, functionHash: string, speaker: Omit<Speaker, 'name'>): Promise<Ready> {
  const definition = JSON.parse(worker.definition(call)) as Definition;
  const { name } = definition;
  speaks({ ...speaker, name });
  const [code, origin, values] = (await worker.module(call)) as [Buffer, Buffer, Buffer];
  if (codeHashes && !codeHashes.includes(hashOf(code)))
    throw new Error(`The hash of its code, ${hashOf(code)}, is not in the udfCodeHashes of this executor.`);
  const settings = JSON.parse(definition.call) as CallSettings;
  const module = await imported(code, values, name);
  const run = toRunner(definition, module[settings.from], settings, readSchema(worker.types(call)));
  const made = { name, origin: origin.length > 0 ? (JSON.parse(origin.toString()) as Origin) : undefined, run };
  functions.set(functionHash, made);
  return made;
}

/** Imports code from a file, because Node would keep a URL that contains the code forever, with its full length. */
async function imported(code: Buffer, values: Buffer, name: string): Promise<Record<string, unknown>> {
  const hash = hashOf(values);
  const file = join(folder, `${randomUUID()}.mjs`);
  try {
    if (values.length > 0) loading.set(hash, deserialize(values));
    await createFolder(folder, 0o700);
    await writeFile(file, [code, `\n//# sourceURL=${sourceUrl(name)}`]);
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } finally {
    loading.delete(hash);
    await rm(folder, { recursive: true, force: true });
  }
}

function toRunner({ kind, part }: Definition, exported: unknown, settings: CallSettings, schema: Schema): Runner {
  if (kind === 'aggregate') return aggregateRunner(exported as Functions, part as AggregatePart, schema, settings);
  if (typeof exported !== 'function') throw new TypeError(`The module does not export a function "${settings.from}".`);
  const make = { scalar: runner, window: windowRunner, table: tableRunner }[kind];
  return make(exported as UserFunction, schema, settings);
}

function run(call: number, ready: Ready, speaker: Speaker, rows: number, block: Uint8Array): void {
  speaks(speaker);
  stop = new AbortController();
  const part = (data: Data): void => worker.part(call, streamOf(data));
  const told: Call = { stop, part, goesOn: false };
  const failed = (failure: unknown): void => worker.failed(call, toReport(failure, ready.origin), told.goesOn);
  try {
    const column = ready.run(block, rows, told);
    if (column instanceof Promise) column.then((made) => answer(call, made)).catch(failed);
    else answer(call, column);
  } catch (failure) {
    failed(failure);
  }
}

/** Sends a result: numbers, booleans and strings as raw buffers, other types as an IPC stream. */
function answer(call: number, column: Data): void {
  const validity = column.nullCount > 0 ? column.nullBitmap : undefined;
  switch (column.type.typeId) {
    case Type.Int:
    case Type.Float:
    case Type.Bool:
      worker.values(call, bytesOf(column.values), validity);
      break;
    case Type.Utf8:
      worker.values(call, bytesOf(column.valueOffsets), validity, bytesOf(column.values));
      break;
    default:
      worker.column(call, streamOf(column));
  }
}

/** An IPC stream with one column. */
function streamOf(column: Data): Uint8Array {
  const schema = new Schema([new Field('', column.type, true)]);
  const data = new Data(new Struct(schema.fields), 0, column.length, 0, [] as unknown as Data['buffers'], [column]);
  return encode(schema, [new RecordBatch(schema, data)]);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
