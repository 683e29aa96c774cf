import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';

import { Catalog } from '../../src/catalog/catalog.js';
import { CatalogSchema } from '../../src/catalog/catalog-schema.js';
import { SessionConfig } from '../../src/config/session-config.js';
import { withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const other = withContext(cluster);
await ctx.registerCsv('airports', AIRPORTS);
await ctx.registerRecordBatches('numbers', await (await ctx.fromColumns({ a: [1, 2, 3] })).collect());

async function rows(sql: string, context = ctx) {
  return (await context.sql(sql)).toArray({ int64: 'number' });
}

describe('the catalogs of a context', () => {
  it('exist from the start', () => {
    expect(ctx.catalogNames()).toEqual(['datafusion']);
    expect(ctx.catalog().schemaNames()).toEqual(['public']);
    expect(ctx.catalog('datafusion').schema('public').tableNames()).toEqual(['airports', 'numbers']);
  });

  it('list the tables of each schema in getTables', async () => {
    await other.sql('CREATE SCHEMA "Raw"');
    await other.registerCsv('"Raw".airports', AIRPORTS);
    expect(await other.getTables()).toEqual({ Raw: ['airports'], public: [] });
    await other.sql('DROP SCHEMA "Raw" CASCADE');
    expect(await other.getTables()).toEqual({ public: [] });
  });

  it('use the default names of the session config', async () => {
    const lake = withContext(cluster, {
      clusterConfig: new SessionConfig().withDefaultCatalogAndSchema('lake', 'raw'),
    });
    expect([lake.catalogNames(), lake.catalog().schemaNames()]).toEqual([['lake'], ['raw']]);
    await lake.registerCsv('airports', AIRPORTS);
    expect(await lake.getTables()).toEqual({ raw: ['airports'] });
    expect(await rows('SELECT count(*) AS n FROM lake.raw.airports', lake)).toEqual([{ n: 3376 }]);
  });

  it('can be left out with withCreateDefaultCatalogAndSchema(false)', async () => {
    const empty = withContext(cluster, {
      clusterConfig: new SessionConfig().withCreateDefaultCatalogAndSchema(false),
    });
    expect(empty.catalogNames()).toEqual([]);
    expect(thrown(() => empty.catalog())).toMatchObject({
      code: 'PLAN',
      message: 'The catalog "datafusion" does not exist.',
    });
    expect(await rows('SELECT 1 AS a', empty)).toEqual([{ a: 1 }]);
  });

  it('can be refreshed with refreshCatalogs', async () => {
    await expect(ctx.refreshCatalogs()).resolves.toBeUndefined();
  });
});

describe('a registered catalog', () => {
  const lake = Catalog.memoryCatalog();
  const raw = CatalogSchema.memorySchema();

  beforeEach(async () => {
    lake.registerSchema('raw', raw);
    await ctx.registerCatalogProvider('lake', lake);
    raw.deregisterTable('airports');
    raw.registerTable('airports', await ctx.tableProvider('airports'));
  });

  it('is visible to SQL', async () => {
    expect(ctx.catalogNames()).toEqual(['datafusion', 'lake']);
    expect(await rows('SELECT count(*) AS n FROM lake.raw.airports')).toEqual([{ n: 3376 }]);
    expect(await (await ctx.table('lake.raw.airports')).count()).toBe(3376);
    expect((await ctx.tables()).filter(({ catalog }) => catalog === 'lake')).toEqual([
      { catalog: 'lake', schema: 'raw', name: 'airports', kind: 'table' },
    ]);
  });

  it('holds DataFrames as views', async () => {
    raw.registerTable('small', (await ctx.table('numbers')).filter('a < 3'));
    expect((await raw.table('small')).kind).toBe('view');
    expect(await rows('SELECT sum(a) AS s FROM lake.raw.small')).toEqual([{ s: 3 }]);
    expect(raw.deregisterTable('small')?.kind).toBe('view');
  });

  it('is returned when another catalog replaces it', async () => {
    const before = await ctx.registerCatalogProvider('lake', Catalog.memoryCatalog());
    expect(before?.schemaNames()).toEqual(['raw']);
    const error = await rejected(ctx.sql('SELECT * FROM lake.raw.airports'));
    expect(error).toMatchObject({ code: 'PLAN', message: expect.stringContaining('lake.raw.airports') });
  });

  it('keeps a schema that has tables when cascade is false', () => {
    const error = thrown(() => lake.deregisterSchema('raw', false));
    expect(error).toMatchObject({ code: 'EXECUTION', message: expect.stringContaining('airports') });
    expect(lake.deregisterSchema('raw')?.tableNames()).toEqual(['airports']);
    expect(lake.schemaNames()).toEqual([]);
  });

  it('can be shared by contexts', async () => {
    await other.registerCatalogProvider('lake', lake);
    expect(await rows('SELECT count(*) AS n FROM lake.raw.airports', other)).toEqual([{ n: 3376 }]);
  });
});

describe('a schema', () => {
  const schema = ctx.catalog().schema();

  it('matches table names exactly', async () => {
    schema.registerTable('Odd "Name".x', await ctx.table('numbers'));
    expect(schema.tableNames()).toEqual(['Odd "Name".x', 'airports', 'numbers']);
    expect(inspect(schema)).toBe('CatalogSchema { Odd "Name".x, airports, numbers }');
    expect(await rows('SELECT count(*) AS n FROM "Odd ""Name"".x"')).toEqual([{ n: 3 }]);
    expect([schema.tableExists('Odd "Name".x'), schema.tableExists('odd "name".x')]).toEqual([true, false]);
    expect(schema.deregisterTable('Odd "Name".x')).toBeDefined();
    expect(schema.deregisterTable('Odd "Name".x')).toBeUndefined();
  });

  it('renames a table', async () => {
    const table = schema.deregisterTable('numbers');
    if (!table) throw new Error('no table');
    expect(await ctx.tableExists('numbers')).toBe(false);
    schema.registerTable('renamed', table);
    expect(await rows('SELECT sum(a) AS s FROM renamed')).toEqual([{ s: 6 }]);
    schema.deregisterTable('renamed');
    schema.registerTable('numbers', table);
  });

  it('rejects a taken name and an unknown name', async () => {
    const table = await schema.table('numbers');
    expect(thrown(() => schema.registerTable('airports', table))).toMatchObject({
      code: 'EXECUTION',
      message: expect.stringContaining('airports'),
    });
    expect(await rejected(schema.table('number'))).toMatchObject({
      code: 'PLAN',
      message: 'The table "number" does not exist. Did you mean "numbers"?',
    });
    expect(await rejected(schema.table(''))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a table', () => {
  it('has a schema and a kind', async () => {
    const table = await ctx.tableProvider('airports');
    expect(table.schema.fields.map(({ name }) => name)).toEqual([
      'iata',
      'name',
      'city',
      'state',
      'country',
      'latitude',
      'longitude',
    ]);
    expect(table.schema).toBe(table.schema);
    expect(String(await ctx.tableProvider('numbers'))).toBe('CatalogTable { table, a: Int64 }');
    expect(inspect(await ctx.tableProvider('numbers'))).toBe('CatalogTable { table, a: Int64 }');
  });

  it('can be read directly or under another name', async () => {
    const table = await ctx.tableProvider('datafusion.public.airports');
    expect(await (await ctx.readTable(table)).filter("state = 'AK'").count()).toBe(263);
    await ctx.registerTable('copies', table);
    expect(await rows('SELECT count(*) AS n FROM copies JOIN airports USING (iata)')).toEqual([{ n: 3376 }]);
    await ctx.deregisterTable('copies');
  });

  it('can be an in-memory table or a DataFrame', async () => {
    const numbers = await ctx.tableProvider('numbers');
    expect(await (await ctx.readTable(numbers)).toColumns({ int64: 'number' })).toEqual({ a: [1, 2, 3] });
    const view = await ctx.readTable((await ctx.table('numbers')).withColumn('b', 'a * 2'));
    expect(await view.aggregate([], 'sum(b) AS s').toArray({ int64: 'number' })).toEqual([{ s: 12 }]);
  });

  it('can be read by another context', async () => {
    const [file, memory] = [await ctx.tableProvider('airports'), await ctx.tableProvider('numbers')];
    expect(await (await other.readTable(file)).count()).toBe(3376);
    expect(await (await other.readTable(memory)).count()).toBe(3);
    await other.registerTable('theirs', (await ctx.table('numbers')).filter('a > 1'));
    expect(await rows('SELECT a FROM theirs ORDER BY a', other)).toEqual([{ a: 2 }, { a: 3 }]);
  });

  it('can be read after its context closes', async () => {
    const short = withContext(cluster);
    await short.registerParquet('flights', FLIGHTS);
    const [file, memory] = [await short.tableProvider('flights'), await short.fromColumns({ a: [1, 2] })];
    await other.registerTable('kept', memory);
    const catalog = short.catalog();
    await short.close();
    expect(catalog.schema().tableNames()).toEqual(['flights']);
    expect(await (await other.readTable(file)).count()).toBe(3_000_000);
    expect(await rows('SELECT sum(a) AS s FROM kept', other)).toEqual([{ s: 3 }]);
  });
});

describe('catalog methods', () => {
  it.each<[string, () => Promise<unknown>, string, string]>([
    [
      'a table without a name',
      async () => ctx.registerTable('', await ctx.table('numbers')),
      'INVALID_ARGUMENT',
      'name',
    ],
    ['undefined as a table', () => ctx.registerTable('x', undefined as never), 'INVALID_ARGUMENT', 'not undefined'],
    ['a string as a table', () => ctx.readTable('numbers' as never), 'INVALID_ARGUMENT', 'not a string'],
    ['a taken name', async () => ctx.registerTable('airports', await ctx.table('numbers')), 'EXECUTION', 'airports'],
    ['an unknown schema', async () => ctx.registerTable('none.x', await ctx.table('numbers')), 'PLAN', 'none'],
    ['an unknown table', () => ctx.tableProvider('none'), 'PLAN', 'none'],
    ['a number as a table name', () => ctx.tableProvider(5 as never), 'INVALID_ARGUMENT', 'not a number'],
    ['an unknown catalog', async () => ctx.catalog('datafusoin'), 'PLAN', 'Did you mean "datafusion"?'],
    ['an empty catalog name', async () => ctx.catalog(''), 'INVALID_ARGUMENT', 'not an empty one'],
    ['null as a catalog name', async () => ctx.catalog(null as never), 'INVALID_ARGUMENT', 'not null'],
    [
      'an object that is not a Catalog',
      () => ctx.registerCatalogProvider('x', {} as never),
      'INVALID_ARGUMENT',
      'must be a Catalog',
    ],
    [
      'a catalog without a name',
      () => ctx.registerCatalogProvider('', Catalog.memoryCatalog()),
      'INVALID_ARGUMENT',
      'not an empty one',
    ],
  ])('reject %s', async (_what, work, code, text) => {
    expect(await rejected(work())).toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('reject every call after close', async () => {
    const closed = withContext(cluster);
    await closed.close();
    const table = await ctx.tableProvider('numbers');
    for (const work of [
      async () => closed.catalogNames(),
      async () => closed.catalog(),
      () => closed.getTables(),
      () => closed.refreshCatalogs(),
      () => closed.registerCatalogProvider('x', Catalog.memoryCatalog()),
      () => closed.registerTable('x', table),
      () => closed.tableProvider('x'),
      () => closed.readTable(table),
    ])
      expect(await rejected(work()), String(work)).toMatchObject({ code: 'CLOSED' });
  });
});
