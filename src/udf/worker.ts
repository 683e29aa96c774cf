/**
 * A thread that runs functions: what it is called with comes from Rust, and the answer goes back there.
 *
 * @module
 */

import { workerData } from 'node:worker_threads';
import { Data, Field, RecordBatch, Schema, Struct, Type } from 'apache-arrow';

import { readSchema } from '../arrow/read.js';
import { encode } from '../arrow/write.js';
import { native } from '../native.js';
import { toReport } from '../thrown.js';
import { type AggregatePart, aggregateRunner, type Functions } from './aggregate.js';
import { speaks, takeConsole } from './console.js';
import type { CallSettings, Definition } from './definition.js';
import { hashOf } from './hash.js';
import type { WorkerData } from './pool.js';
import { type Runner, runner, type UserFunction } from './run.js';
import { tableRunner } from './table.js';
import { windowRunner } from './window.js';

/** A function that is loaded. */
interface Ready {
  readonly name: string;
  readonly run: Runner;
}

const { pool, id, codeHashes } = workerData as WorkerData;
const functions = new Map<number, Ready>();

takeConsole();
const worker = new (native().NativeUdfWorker)(pool, id, (call, functionId, task, rows, block) => {
  const ready = functions.get(functionId);
  if (ready) return run(call, ready, task, rows, block);
  load(functionId).then(
    (loaded) => run(call, loaded, task, rows, block),
    (failure: unknown) => worker.failed(call, toReport(failure)),
  );
});

async function load(functionId: number): Promise<Ready> {
  const definition = JSON.parse(worker.definition(functionId)) as Definition;
  const { name, code } = definition;
  const hash = hashOf(code);
  if (codeHashes && !codeHashes.includes(hash))
    throw new Error(`its code, ${hash}, is not among the udfCodeHashes of this executor`);
  const settings = JSON.parse(definition.call) as CallSettings;
  const text = Buffer.from(`${code}\n//# sourceURL=udf:${name}`).toString('base64');
  const module = (await import(`data:text/javascript;base64,${text}`)) as Record<string, unknown>;
  const run = toRunner(definition, module[settings.from], settings, readSchema(worker.types(functionId)));
  const made = { name, run };
  functions.set(functionId, made);
  return made;
}

function toRunner({ kind, part }: Definition, exported: unknown, settings: CallSettings, schema: Schema): Runner {
  if (kind === 'aggregate') return aggregateRunner(exported as Functions, part as AggregatePart, schema, settings);
  if (typeof exported !== 'function') throw new TypeError(`the module exports no function "${settings.from}"`);
  const make = { scalar: runner, window: windowRunner, table: tableRunner }[kind];
  return make(exported as UserFunction, schema, settings);
}

function run(call: number, ready: Ready, task: string, rows: number, block: Uint8Array): void {
  speaks(task, ready.name);
  const failed = (failure: unknown): void => worker.failed(call, toReport(failure));
  try {
    const column = ready.run(block, rows);
    if (column instanceof Promise) column.then((made) => answer(call, made)).catch(failed);
    else answer(call, column);
  } catch (failure) {
    failed(failure);
  }
}

/** Numbers and texts as they lie there, everything else as a stream. */
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
    default: {
      const schema = new Schema([new Field('', column.type, true)]);
      const data = new Data(new Struct(schema.fields), 0, column.length, 0, [] as unknown as Data['buffers'], [column]);
      worker.column(call, encode(schema, [new RecordBatch(schema, data)]));
    }
  }
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
