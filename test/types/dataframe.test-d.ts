import type { RecordBatch, Schema, Table } from 'apache-arrow';
import type { DataFrame, RecordBatchStream, Row, RowStream } from 'ballista';
import { BallistaSessionContext, col, f, lit } from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

type Flight = { origin: string; delay: bigint | null };

declare const ctx: BallistaSessionContext;
declare const flights: DataFrame<Flight>;
declare const untyped: DataFrame;

describe('web streams', () => {
  it('contain batches or bytes', () => {
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
    // @ts-expect-error a row must be an object
    void ctx.sql<number>('');
  });

  it('comes from the rows of fromRows, whose whole numbers become bigints', () => {
    const rows = ctx.fromRows([{ a: 1, b: 'x', c: [2], d: { e: 3 }, at: new Date() }]);
    type Number = number | bigint;
    type Stored = { a: Number; b: string; c: Number[]; d: { e: Number }; at: Date };
    expectTypeOf(rows).resolves.toEqualTypeOf<DataFrame<Stored>>();
    expectTypeOf(rows.toArray()).resolves.toEqualTypeOf<Stored[]>();
    expectTypeOf(rows.toArray({ int64: 'number' })).resolves.toExtend<{ a: number; c: number[]; d: { e: number } }[]>();
  });

  it('can be an interface', () => {
    interface Airport {
      iata: string;
    }
    expectTypeOf(ctx.sql<Airport>('')).resolves.toEqualTypeOf<DataFrame<Airport>>();
  });

  it('is kept if the columns stay the same', () => {
    expectTypeOf(flights.filter('delay > 1')).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.sort('delay')).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.limit(1)).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.distinct()).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.union(untyped)).toEqualTypeOf<DataFrame<Flight>>();
    expectTypeOf(flights.cache()).resolves.toEqualTypeOf<DataFrame<Flight>>();
  });

  it('follows the names of columns', () => {
    expectTypeOf(flights.select('origin')).toEqualTypeOf<DataFrame<Pick<Flight, 'origin'>>>();
    expectTypeOf(flights.select(['origin', 'delay'])).toEqualTypeOf<DataFrame<Pick<Flight, 'origin' | 'delay'>>>();
    expectTypeOf(flights.drop('origin').toArray()).resolves.toExtend<{ delay: bigint | null }[]>();
    expectTypeOf(flights.withColumn('x', lit(1)).toArray()).resolves.toExtend<
      { origin: string; delay: bigint | null; x: unknown }[]
    >();
    expectTypeOf(flights.select('*')).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(flights.select(col('origin'))).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(untyped.select('origin')).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(untyped.drop('origin')).toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(untyped.withColumn('x', lit(1))).toEqualTypeOf<DataFrame<Row>>();
  });

  it('is lost if the columns change otherwise, unless it is given', () => {
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

  it('have the types of their conversion', async () => {
    interface Deep {
      n: bigint;
      list: (bigint | null)[];
      struct: { at: Date; n?: bigint };
      map: Map<string, bigint>;
      bytes: Uint8Array;
      any: unknown;
    }
    const deep = flights.as<Deep>();
    expectTypeOf(flights.toArray({ int64: 'number' })).resolves.toEqualTypeOf<
      { origin: string; delay: number | null }[]
    >();
    expectTypeOf(flights.toColumns({ int64: 'string' })).resolves.toEqualTypeOf<{
      origin: string[];
      delay: (string | null)[];
    }>();
    expectTypeOf(flights.rows({ int64: 'number' })).toExtend<AsyncIterable<{ delay: number | null }>>();
    const [json] = await deep.toArray({ json: true });
    expectTypeOf(json?.struct).toEqualTypeOf<{ at: string; n?: string } | undefined>();
    expectTypeOf(json?.map).toEqualTypeOf<[string, string][] | undefined>();
    expectTypeOf(json?.bytes).toEqualTypeOf<string | undefined>();
    const [numbers] = await deep.toArray({ int64: 'number' });
    expectTypeOf(numbers?.list).toEqualTypeOf<(number | null)[] | undefined>();
    expectTypeOf(numbers?.map).toEqualTypeOf<Map<string, number> | undefined>();
    expectTypeOf(numbers?.struct.at).toEqualTypeOf<Date | undefined>();
    expectTypeOf(numbers?.any).toEqualTypeOf<unknown>();
    expectTypeOf(flights.toArray({ signal: AbortSignal.timeout(1) })).resolves.toEqualTypeOf<Flight[]>();
    expectTypeOf(untyped.toArray({ int64: 'number' })).resolves.toExtend<Row[]>();
  });

  it('have the types of the caller, whatever the conversion of the session is', () => {
    const numbers = new BallistaSessionContext('df://h', { convert: { int64: 'number' } });
    expectTypeOf(numbers.query('')).resolves.toEqualTypeOf<Row[]>();
    expectTypeOf(numbers.query<{ n: number }>('')).resolves.toEqualTypeOf<{ n: number }[]>();
    const exact = numbers.sql<{ n: number }>('').as<{ n: bigint }>();
    expectTypeOf(exact.toArray({ int64: 'string' })).resolves.toEqualTypeOf<{ n: string }[]>();
  });

  it('have the types of their conversion, also if the row type of query is explicit', () => {
    type Event = { n: bigint; at: Date };
    expectTypeOf(ctx.query<Event>('', { params: [1] })).resolves.toEqualTypeOf<Event[]>();
    expectTypeOf(ctx.query<Event>('', { int64: 'number' })).resolves.toEqualTypeOf<{ n: number; at: Date }[]>();
    expectTypeOf(ctx.query<Event>('', { int64: 'string' })).resolves.toEqualTypeOf<{ n: string; at: Date }[]>();
    expectTypeOf(ctx.query<Event>('', { json: true })).resolves.toEqualTypeOf<{ n: string; at: string }[]>();
    const json = { json: true, int64: 'number' } as const;
    expectTypeOf(ctx.query<Event>('', json)).resolves.toEqualTypeOf<{ n: number; at: string }[]>();
    const dates = { date: 'string', timestamp: 'string' } as const;
    expectTypeOf(ctx.query<Event>('', dates)).resolves.toEqualTypeOf<{ n: bigint; at: string }[]>();
    expectTypeOf(ctx.query<Event>('', { ...dates, int64: 'number' })).resolves.toEqualTypeOf<
      { n: number; at: string }[]
    >();
    expectTypeOf(ctx.query('', { int64: 'number' })).resolves.toEqualTypeOf<Row[]>();
    // @ts-expect-error there is no such option
    void ctx.query('', { int64: 'number', prams: [] });
  });

  it('of a session can be asked for at once', () => {
    const table = ctx.table<Flight>('t');
    expectTypeOf(table.toArray()).resolves.toEqualTypeOf<Flight[]>();
    expectTypeOf(table.filter('delay > 1').limit(1).toArray({ int64: 'number' })).resolves.toEqualTypeOf<
      { origin: string; delay: number | null }[]
    >();
    expectTypeOf(table.select('origin').toArray()).resolves.toEqualTypeOf<Pick<Flight, 'origin'>[]>();
    expectTypeOf(table.groupBy('origin').count().toArray()).resolves.toEqualTypeOf<Row[]>();
    expectTypeOf(table.withColumn('x', lit(1))).resolves.toEqualTypeOf<DataFrame<Row>>();
    expectTypeOf(table.schema()).resolves.toEqualTypeOf<Schema>();
    expectTypeOf(ctx.execute('')).resolves.toEqualTypeOf<number>();
    expectTypeOf(ctx.query<Flight>('')).resolves.toEqualTypeOf<Flight[]>();
    // @ts-expect-error the row has no such column
    void table.select('orgin');
    // @ts-expect-error the row has no such column
    void table.drop('orgin');
    // @ts-expect-error the row has no such column
    void table.groupBy('orgin');
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

  it('can be iterated before the DataFrame is there', () => {
    const pending = ctx.sql<Flight>('');
    expectTypeOf(pending).toExtend<AsyncIterable<RecordBatch>>();
    expectTypeOf(pending.stream()).toExtend<AsyncIterable<RecordBatch> & Promise<RecordBatchStream>>();
    expectTypeOf(pending.rows()).toExtend<AsyncIterable<Flight> & Promise<RowStream<Flight>>>();
    expectTypeOf(pending.rows({ int64: 'number' })).toExtend<AsyncIterable<{ delay: number | null }>>();
    expectTypeOf(pending.toReadableStream()).resolves.toEqualTypeOf<ReadableStream<RecordBatch>>();
    expectTypeOf(pending.toReadableStream({ format: 'ipc' })).resolves.toEqualTypeOf<ReadableStream<Uint8Array>>();
  });

  it('are not promises before an action', () => {
    expectTypeOf<DataFrame>().not.toExtend<PromiseLike<unknown>>();
  });
});

describe('does not compile', () => {
  it('misuse of verbs', () => {
    // @ts-expect-error a number is not a column
    flights.select(1);
    // @ts-expect-error a JavaScript boolean is not a predicate
    flights.filter(1 > 2);
    // @ts-expect-error there is no such join
    flights.join(untyped, 'a', 'outer');
    // @ts-expect-error both sides are required
    flights.join(untyped, { left: 'a' });
    // @ts-expect-error a string could be a column or a value
    f.sum('delay');
    // @ts-expect-error undefined is not a value
    col('a').eq(undefined);
    // @ts-expect-error a count must be a number
    flights.limit('3');
  });

  it('misuse of actions', () => {
    // @ts-expect-error there is no such format
    void flights.toIPC({ format: 'feather' });
    // @ts-expect-error there is no such conversion
    void flights.toArray({ int64: 'float' });
    // @ts-expect-error there is no such option
    void flights.toArray({ timeout: 5 });
    // @ts-expect-error there is no such plan format
    void flights.explain({ format: 'svg' });
    // @ts-expect-error there is no such web stream format
    void flights.toReadableStream({ format: 'csv' });
    // @ts-expect-error Arrow bytes are not converted
    void flights.toReadableStream({ format: 'ipc', int64: 'number' });
    // @ts-expect-error NDJSON is always converted for JSON
    void flights.toReadableStream({ format: 'ndjson', json: false });
    // @ts-expect-error only actions that return rows convert values
    void flights.collect({ int64: 'number' });
  });
});
