import type { Schema, Table } from 'apache-arrow';
import {
  BallistaError,
  type BallistaErrorCode,
  BallistaExecutor,
  BallistaScheduler,
  BallistaSessionContext,
  type ClusterConfig,
  type ConfigKey,
  type DataFrame,
  lit,
  type PreparedStatement,
  type SqlQuery,
  type StatementParameter,
  setupTestCluster,
  sql,
  type TableRef,
  type TestCluster,
} from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

declare const ctx: BallistaSessionContext;
declare const table: Table;

describe('a context', () => {
  it('takes configuration as strings, numbers and booleans', () => {
    expectTypeOf<ConstructorParameters<typeof BallistaSessionContext>[0]>().toEqualTypeOf<string>();
    new BallistaSessionContext('df://h', { clusterConfig: { a: '1', b: 2, c: true }, convert: { int64: 'number' } });
    // @ts-expect-error null is not a value
    new BallistaSessionContext('df://h', { clusterConfig: { a: null } });
    // @ts-expect-error there is no such option
    new BallistaSessionContext('df://h', { cluster_config: {} });
    // @ts-expect-error the address is required
    new BallistaSessionContext();
  });

  it('offers the keys of the engine', () => {
    type Offered<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] };
    expectTypeOf<Offered<ClusterConfig>>().toEqualTypeOf<ConfigKey>();
    expectTypeOf<'datafusion.execution.target_partitions'>().toExtend<ConfigKey>();
    expectTypeOf<'datafusion.execution.target_partition'>().not.toExtend<ConfigKey>();
    // @ts-expect-error undefined is not a value
    new BallistaSessionContext('df://h', { clusterConfig: { 'datafusion.execution.target_partitions': undefined } });
  });

  it('is disposable', () => {
    expectTypeOf(ctx).toExtend<AsyncDisposable>();
    expectTypeOf(ctx.close()).resolves.toEqualTypeOf<void>();
    expectTypeOf(BallistaSessionContext.standalone({ vcores: 1, clusterConfig: {} })).resolves.toEqualTypeOf(ctx);
    // @ts-expect-error standalone starts its own scheduler, so it takes no address
    void BallistaSessionContext.standalone({ address: 'df://h' });
  });

  it('has methods for tables and jobs', () => {
    expectTypeOf(ctx.tables()).resolves.toEqualTypeOf<TableRef[]>();
    expectTypeOf(ctx.tableExists('t')).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(ctx.deregisterTable('t')).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(ctx.cancelJob('j')).resolves.toEqualTypeOf<boolean>();
  });
});

describe('a prepared statement', () => {
  it('returns DataFrames with the given row type', async () => {
    const statement = await ctx.prepare<{ a: number }>('select 1 as a', { allowDml: false });
    expectTypeOf(statement).toEqualTypeOf<PreparedStatement<{ a: number }>>();
    expectTypeOf(statement.execute([1])).resolves.toEqualTypeOf<DataFrame<{ a: number }>>();
    expectTypeOf(statement.execute({ a: 1 })).resolves.toEqualTypeOf<DataFrame<{ a: number }>>();
    expectTypeOf(statement.parameters).toEqualTypeOf<readonly StatementParameter[]>();
    expectTypeOf(statement.schema()).toEqualTypeOf<Schema>();
    void ctx.prepare(sql`select $1`);
    // @ts-expect-error values are passed to execute
    void ctx.prepare('', { params: [1] });
    // @ts-expect-error undefined is not a value
    void statement.execute([undefined]);
  });
});

describe('parameters', () => {
  it('are values with an SQL type', () => {
    void ctx.sql('', { params: [null, true, 1, 1n, 'x', new Date(), new Uint8Array(), lit(1, 'Int8')] });
    void ctx.sql('', { params: { a: 1, b: null } });
    // @ts-expect-error undefined is not a value
    void ctx.sql('', { params: [undefined] });
    // @ts-expect-error a list is not a value
    void ctx.sql('', { params: [[1]] });
    // @ts-expect-error a function is not a value
    void ctx.sql('', { params: { a: () => 1 } });
    // @ts-expect-error there is no such option
    void ctx.sql('', { parameters: [] });
  });

  it('can be used in the sql tag', () => {
    expectTypeOf(sql`a = ${1} and ${sql`b`} = ${sql.ident('c')}`).toEqualTypeOf<SqlQuery>();
    void ctx.sql(sql`select ${1}`);
    // @ts-expect-error undefined is not a value
    sql`${undefined}`;
    // @ts-expect-error the tag is not a function
    sql('select 1');
    // @ts-expect-error a name must be a string
    sql.ident(1);
  });
});

describe('files and data', () => {
  it('have options by format', () => {
    void ctx.readCsv('p', { delimiter: ';', hasHeader: false, tablePartitionCols: [['year', 'Int32']] });
    void ctx.readParquet(['p', new URL('file:///p')], { parquetPruning: true });
    // @ts-expect-error Parquet has no delimiter
    void ctx.readParquet('p', { delimiter: ';' });
    // @ts-expect-error a table needs a name
    void ctx.registerCsv();
    // @ts-expect-error there is no such compression
    void ctx.readJson('p', { fileCompressionType: 'rar' });
    // @ts-expect-error a partition column needs a type
    void ctx.readCsv('p', { tablePartitionCols: ['year'] });
  });

  it('take Arrow tables, batches and bytes', () => {
    void ctx.fromArrow(table);
    void ctx.fromArrow(table.batches);
    void ctx.fromArrow(new Uint8Array());
    void ctx.createDataFrame([table.batches], 'name');
    // @ts-expect-error partitions must be lists of batches
    void ctx.createDataFrame(table.batches);
    // @ts-expect-error rows must be objects
    void ctx.fromRows([1, 2]);
    // @ts-expect-error a view needs a DataFrame
    void ctx.registerView('v', table);
  });
});

describe('clusters', () => {
  it('have an address', () => {
    expectTypeOf(setupTestCluster({ executors: 2, vcores: 2, port: 0 })).resolves.toEqualTypeOf<TestCluster>();
    expectTypeOf<TestCluster>().toExtend<AsyncDisposable & { host: string; port: number; url: string }>();
    // @ts-expect-error there is no such option
    void setupTestCluster({ executor: 2 });
    expectTypeOf(new BallistaScheduler({ port: 0 }).start()).resolves.toEqualTypeOf<void>();
    expectTypeOf(new BallistaExecutor({ schedulerPort: 1, vcores: 2 }).port).toEqualTypeOf<number>();
    // @ts-expect-error a port must be a number
    new BallistaExecutor({ schedulerPort: '50050' });
  });
});

describe('errors', () => {
  it('have codes', () => {
    const error: unknown = undefined;
    if (BallistaError.is(error)) {
      expectTypeOf(error.code).toEqualTypeOf<BallistaErrorCode>();
      expectTypeOf(error.jobId).toEqualTypeOf<string | undefined>();
      // @ts-expect-error there is no such code
      void (error.code === 'SQL_ERROR');
    }
  });
});
