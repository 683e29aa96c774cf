import type { Schema } from 'apache-arrow';
import {
  AmazonS3,
  type BallistaSessionContext,
  Catalog,
  CatalogSchema,
  type CatalogTable,
  type DataFrame,
  HttpStore,
  LocalFileSystem,
  RuntimeEnvBuilder,
  SessionConfig,
} from 'ballista';
import { describe, expectTypeOf, it } from 'vitest';

declare const ctx: BallistaSessionContext;
declare const df: DataFrame<{ a: bigint }>;
declare const table: CatalogTable;

describe('configuration', () => {
  it('takes engine keys and other keys, and four types of values', () => {
    const config = new SessionConfig({ 'datafusion.execution.batch_size': 1 }).set('other.key', 5n).withBatchSize(1n);
    expectTypeOf(config).toEqualTypeOf<SessionConfig>();
    expectTypeOf(config.toRecord()).toEqualTypeOf<Record<string, string>>();
    // @ts-expect-error null is not a value
    config.set('other.key', null);
    // @ts-expect-error the value must be a number
    config.withBatchSize('8192');
    // @ts-expect-error both names are required
    config.withDefaultCatalogAndSchema('lake');
  });

  it('covers memory and disk', () => {
    new RuntimeEnvBuilder({ memoryPool: 'fair', memoryLimitBytes: 1 }).withTempFilePath(new URL('file:///tmp'));
    // @ts-expect-error bytes must be a number
    new RuntimeEnvBuilder().withFairSpillPool('512M');
    // @ts-expect-error there is no such pool
    new RuntimeEnvBuilder({ memoryPool: 'big' });
  });
});

describe('catalogs', () => {
  it('have schemas with tables', async () => {
    expectTypeOf(ctx.catalog()).toEqualTypeOf<Catalog>();
    expectTypeOf(ctx.catalog().schema()).toEqualTypeOf<CatalogSchema>();
    expectTypeOf(await ctx.catalog().schema().table('t')).toEqualTypeOf<CatalogTable>();
    expectTypeOf(table.schema).toEqualTypeOf<Schema>();
    expectTypeOf(table.kind).toEqualTypeOf<'table' | 'view' | 'temporary'>();
    expectTypeOf(await ctx.getTables()).toEqualTypeOf<Record<string, string[]>>();
    expectTypeOf(await ctx.readTable<{ a: bigint }>(table)).toEqualTypeOf<DataFrame<{ a: bigint }>>();
  });

  it('take tables and DataFrames', () => {
    const schema = CatalogSchema.memorySchema();
    schema.registerTable('t', table);
    schema.registerTable('t', df);
    // @ts-expect-error a name is not a table
    schema.registerTable('t', 'other');
    // @ts-expect-error a schema is not a catalog
    ctx.registerCatalogProvider('c', schema);
    // @ts-expect-error a catalog is not a schema
    Catalog.memoryCatalog().registerSchema('s', Catalog.memoryCatalog());
  });
});

describe('object stores', () => {
  it('are classes, and their options are checked', () => {
    ctx.registerObjectStore('s3://b', new AmazonS3({ bucketName: 'b', endpoint: new URL('https://minio') }));
    ctx.registerObjectStore(new URL('https://h'), new HttpStore({ url: 'https://h' }));
    ctx.registerObjectStore('x://y', new LocalFileSystem());
    // @ts-expect-error options are not a store
    ctx.registerObjectStore('s3://b', { bucketName: 'b' });
    // @ts-expect-error the bucket is required
    new AmazonS3({});
    // @ts-expect-error there is no such option
    new AmazonS3({ bucketName: 'b', secretKey: 'x' });
  });
});
