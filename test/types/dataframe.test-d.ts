import type { RecordBatch, Schema, Table } from 'apache-arrow';
import type { BallistaSessionContext, DataFrame, RecordBatchStream, Row } from 'ballista';
import { col, f, lit } from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

type Flight = { origin: string; delay: bigint | null };

declare const ctx: BallistaSessionContext;
declare const flights: DataFrame<Flight>;
declare const untyped: DataFrame;

describe('web streams', () => {
  it('are of batches, or of bytes', () => {
    expectTypeOf(flights.toReadableStream()).toEqualTypeOf<ReadableStream<RecordBatch>>();
    expectTypeOf(flights.toReadableStream({ signal: undefined })).toEqualTypeOf<ReadableStream<RecordBatch>>();
    expectTypeOf(flights.toReadableStream({ format: 'ipc' })).toEqualTypeOf<ReadableStream<Uint8Array>>();
    expectTypeOf(flights.toReadableStream({ format: 'ndjson', int64: 'number' })).toEqualTypeOf<
      ReadableStream<Uint8Array>
    >();
    expectTypeOf(Response).toBeConstructibleWith(flights.toReadableStream({ format: 'ipc' }));
  });
});

describe('the row type', () => {
  it('comes from the caller', () => {
    expectTypeOf(ctx.sql<Flight>('')).resolves.toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(ctx.table<Flight>('t')).resolves.toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(ctx.readParquet<Flight>('t')).resolves.toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(ctx.sql('')).resolves.toEqualTypeOf<DataFrame<Row>>();
    // @ts-expect-error a row is an object
    void ctx.sql<number>('');
  });

  it('comes from the rows of fromRows', () => {
    expectTypeOf(ctx.fromRows([{ a: 1, b: 'x' }])).resolves.toEqualTypeOf<DataFrame<{ a: number; b: string }>>();
  });

  it('may be an interface', () => {
    interface Airport {
      iata: string;
    }
    expectTypeOf(ctx.sql<Airport>('')).resolves.toEqualTypeOf<DataFrame<Airport>>();
  });

  it('stays where the columns stay', () => {
    expectTypeOf(flights.filter('delay > 1')).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.sort('delay')).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.limit(1)).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.distinct()).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.union(untyped)).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.cache()).resolves.toEqualTypeOf<DataFrame<Flight>>();
  });

  it('goes where the columns change, unless said', () => {
    expectTypeOf(flights.select('origin')).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(flights.select<{ origin: string }>('origin')).toEqualTypeOf<DataFrame<{ origin: string }>>();
    expectTypeOf(flights.aggregate('origin', f.count())).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(flights.withColumn<Flight & { x: bigint }>('x', lit(1))).toEqualTypeOf<
      DataFrame<Flight & { x: bigint }>
    >();
    expectTypeOf(flights.join(untyped, 'origin')).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(untyped.as<Flight>()).toEqualTypeOf<DataFrame<Flight>>();
  });
});

describe('results', () => {
  it('have the row type', () => {
    expectTypeOf(flights.toArray()).resolves.toEqualTypeOf<Flight[]>();
    expectTypeOf(flights.toColumns()).resolves.toEqualTypeOf<{ origin: string[]; delay: (bigint | null)[] }>();
    expectTypeOf(untyped.toArray()).resolves.toEqualTypeOf<Record<string, unknown>[]>();
  });

  it('are Arrow, bytes and numbers', () => {
    expectTypeOf(flights.collect()).resolves.toEqualTypeOf<RecordBatch[]>();
    expectTypeOf(flights.toArrow()).resolves.toEqualTypeOf<Table>();
    expectTypeOf(flights.toIPC({ format: 'file' })).resolves.toEqualTypeOf<Uint8Array>();
    expectTypeOf(flights.count()).resolves.toEqualTypeOf<number>();
    expectTypeOf(flights.schema()).toEqualTypeOf<Schema>();
    expectTypeOf(flights.show()).resolves.toEqualTypeOf<void>();
    expectTypeOf(flights.toDisplayString()).resolves.toEqualTypeOf<string>();
    expectTypeOf(flights.stream()).toEqualTypeOf<RecordBatchStream>();
  });

  it('can be iterated', () => {
    expectTypeOf(flights).toExtend<AsyncIterable<RecordBatch>>();
    expectTypeOf(flights.rows()).toExtend<AsyncIterable<Flight>>();
    expectTypeOf(flights.stream()).toExtend<AsyncIterableIterator<RecordBatch> & AsyncDisposable>();
  });

  it('are no promises by themselves', () => {
    expectTypeOf<DataFrame>().not.toExtend<PromiseLike<unknown>>();
  });
});

describe('misuse', () => {
  it('of verbs', () => {
    // @ts-expect-error a number is no column
    flights.select(1);
    // @ts-expect-error a boolean of JavaScript is no predicate
    flights.filter(1 > 2);
    // @ts-expect-error there is no such join
    flights.join(untyped, 'a', 'outer');
    // @ts-expect-error both sides are needed
    flights.join(untyped, { left: 'a' });
    // @ts-expect-error a string could be a column or a value
    f.sum('delay');
    // @ts-expect-error undefined is no value
    col('a').eq(undefined);
    // @ts-expect-error a count is a number
    flights.limit('3');
  });

  it('of actions', () => {
    // @ts-expect-error there is no such format
    void flights.toIPC({ format: 'feather' });
    // @ts-expect-error there is no such conversion
    void flights.toArray({ int64: 'float' });
    // @ts-expect-error there is no such option
    void flights.toArray({ timeout: 5 });
    // @ts-expect-error there is no such format of plans
    void flights.explain({ format: 'svg' });
    // @ts-expect-error there is no such format of web streams
    void flights.toReadableStream({ format: 'csv' });
    // @ts-expect-error bytes of Arrow are not converted
    void flights.toReadableStream({ format: 'ipc', int64: 'number' });
    // @ts-expect-error lines of JSON are always safe for JSON
    void flights.toReadableStream({ format: 'ndjson', json: false });
    // @ts-expect-error only verbs of rows convert
    void flights.collect({ int64: 'number' });
  });
});
