import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { Catalog } from '../../src/catalog/catalog.js';
import { CatalogSchema } from '../../src/catalog/catalog-schema.js';
import { thrown } from '../support/thrown.js';

describe('an in-memory catalog', () => {
  it('has the registered schemas', () => {
    const catalog = Catalog.memoryCatalog();
    expect([catalog.schemaNames(), String(catalog)]).toEqual([[], 'Catalog {}']);
    expect(catalog.registerSchema('public', CatalogSchema.memorySchema())).toBeUndefined();
    expect(catalog.registerSchema('Aux 2', CatalogSchema.memorySchema())).toBeUndefined();
    expect(catalog.schemaNames()).toEqual(['Aux 2', 'public']);
    expect(inspect(catalog)).toBe('Catalog { Aux 2, public }');
    expect([catalog.schema().tableNames(), catalog.schema('Aux 2').tableNames()]).toEqual([[], []]);
  });

  it('returns the schema that it replaces or removes', () => {
    const catalog = Catalog.memoryCatalog();
    catalog.registerSchema('a', CatalogSchema.memorySchema());
    expect(catalog.registerSchema('a', CatalogSchema.memorySchema())).toBeInstanceOf(CatalogSchema);
    expect(catalog.deregisterSchema('a')).toBeInstanceOf(CatalogSchema);
    expect(catalog.deregisterSchema('a')).toBeUndefined();
    expect(catalog.schemaNames()).toEqual([]);
  });
});

describe('rejects', () => {
  const catalog = Catalog.memoryCatalog();
  catalog.registerSchema('public', CatalogSchema.memorySchema());
  const schema = CatalogSchema.memorySchema();

  it.each<[string, () => unknown, string, string]>([
    [
      'an unknown schema',
      () => catalog.schema('pubic'),
      'PLAN',
      'The schema "pubic" does not exist. Did you mean "public"?',
    ],
    [
      'a name with different letter case',
      () => catalog.schema('Public'),
      'PLAN',
      'The schema "Public" does not exist. Did you mean "public"?',
    ],
    ['a quoted name', () => catalog.schema('"public"'), 'PLAN', 'The schema ""public"" does not exist'],
    ['an empty name', () => catalog.schema(''), 'INVALID_ARGUMENT', 'not an empty one'],
    ['null as a name', () => catalog.schema(null as never), 'INVALID_ARGUMENT', 'not null'],
    ['an empty name to register', () => catalog.registerSchema('', schema), 'INVALID_ARGUMENT', 'not an empty one'],
    ['a catalog as a schema', () => catalog.registerSchema('x', catalog as never), 'INVALID_ARGUMENT', 'a Catalog'],
    [
      'undefined as a schema',
      () => catalog.registerSchema('x', undefined as never),
      'INVALID_ARGUMENT',
      'not undefined',
    ],
    ['a number as the name to remove', () => catalog.deregisterSchema(5 as never), 'INVALID_ARGUMENT', 'not a number'],
    ['a string for cascade', () => catalog.deregisterSchema('public', 'no' as never), 'INVALID_ARGUMENT', 'cascade'],
    ['null as a table', () => schema.registerTable('x', null as never), 'INVALID_ARGUMENT', 'not null'],
    ['a schema as a table', () => schema.registerTable('x', schema as never), 'INVALID_ARGUMENT', 'CatalogSchema'],
    ['an empty table name', () => schema.tableExists(''), 'INVALID_ARGUMENT', 'not an empty one'],
    [
      'an object as the table name to remove',
      () => schema.deregisterTable({} as never),
      'INVALID_ARGUMENT',
      'an object',
    ],
  ])('%s', (_what, run, code, text) => {
    expect(thrown(run)).toMatchObject({ code, message: expect.stringContaining(text) });
  });
});
