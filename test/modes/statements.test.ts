import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';

import { LOCAL, withCluster, withContext } from '../support/cluster.js';
import { AIRPORTS, FLIGHTS, FLIGHTS_ARROW, PEOPLE_AVRO, tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const temp = tempFolder();

beforeAll(() => ctx.registerParquet('flights', FLIGHTS));

async function rows(query: string) {
  const df = await ctx.sql(query);
  return df.toArray({ int64: 'number' });
}

/** Runs statements in order and returns the rows of the last one. */
async function run(...statements: string[]) {
  for (const statement of statements.slice(0, -1)) {
    await rows(statement);
    await cluster.betweenQueries();
  }
  return rows(statements.at(-1) ?? '');
}

describe('CREATE EXTERNAL TABLE', () => {
  it.each([
    ['PARQUET', FLIGHTS, '', 3_000_000],
    ['CSV', AIRPORTS, "OPTIONS ('format.has_header' 'true')", 3_376],
    ['CSV', AIRPORTS, "OPTIONS ('format.has_header' 'false')", 3_377],
    ['ARROW', FLIGHTS_ARROW, '', 200_000],
    ['AVRO', PEOPLE_AVRO, '', 3],
  ])('reads a file STORED AS %s %s %s', async (format, path, options, n) => {
    const create = `CREATE OR REPLACE EXTERNAL TABLE t STORED AS ${format} LOCATION '${path}' ${options}`;
    expect(await run(create, 'SELECT count(*) AS n FROM t')).toEqual([{ n }]);
  });

  it('reads a file STORED AS JSON', async () => {
    writeFileSync(temp('lines.json'), '{"a": 1, "b": {"c": [1, 2]}}\n{"a": 2}\n');
    const create = `CREATE EXTERNAL TABLE lines STORED AS JSON LOCATION '${temp('lines.json')}'`;
    expect(await run(create, 'SELECT * FROM lines ORDER BY a')).toEqual([
      { a: 1, b: { c: [1, 2] } },
      { a: 2, b: null },
    ]);
  });

  it('takes columns and format options', async () => {
    writeFileSync(temp('semicolon.csv'), "1;'a;b'\n2;\n");
    const create = `CREATE EXTERNAL TABLE semicolon (x SMALLINT, y VARCHAR) STORED AS CSV LOCATION '${temp('semicolon.csv')}'
      OPTIONS ('format.has_header' 'false', 'format.delimiter' ';', 'format.quote' '''')`;
    expect(await run(create, 'SELECT * FROM semicolon ORDER BY x')).toEqual([
      { x: 1, y: 'a;b' },
      { x: 2, y: null },
    ]);
  });

  it('reads a compressed file', async () => {
    writeFileSync(temp('packed.csv.gz'), gzipSync('column1,column2\n1,a\n2,b\n'));
    const create = `CREATE EXTERNAL TABLE packed STORED AS CSV LOCATION '${temp('packed.csv.gz')}'
                    OPTIONS ('format.compression' 'gzip', 'format.has_header' 'true')`;
    expect(await run(create, 'SELECT * FROM packed ORDER BY column1')).toEqual([
      { column1: 1, column2: 'a' },
      { column1: 2, column2: 'b' },
    ]);
  });

  it('reads partition columns from folder names', async () => {
    const copy = `COPY (SELECT delay, origin FROM flights WHERE origin IN ('JFK', 'SEA')) TO '${temp('by-origin/')}'
                  STORED AS PARQUET PARTITIONED BY (origin)`;
    const create = `CREATE EXTERNAL TABLE by_origin STORED AS PARQUET PARTITIONED BY (origin) LOCATION '${temp('by-origin/')}'`;
    expect(await run(copy, create, "SELECT count(*) AS n FROM by_origin WHERE origin = 'JFK'")).toEqual([
      { n: 31_270 },
    ]);
    expect(readdirSync(temp('by-origin')).sort()).toEqual(['origin=JFK', 'origin=SEA']);
    await cluster.betweenQueries();
    expect(await rows('SELECT origin, sum(delay) AS d FROM by_origin GROUP BY origin ORDER BY origin')).toEqual([
      { origin: 'JFK', d: 384_807 },
      { origin: 'SEA', d: 485_208 },
    ]);
  });
});

describe('CREATE and DROP', () => {
  it('support views', async () => {
    const create = 'CREATE VIEW late AS SELECT origin, delay FROM flights WHERE delay > 100';
    expect(await run(create, 'SELECT count(*) AS n FROM late')).toEqual([{ n: 63_449 }]);
    await rows('DROP VIEW late');
    expect(await ctx.tableExists('late')).toBe(false);
  });

  it('say how to replace what exists', async () => {
    await run('CREATE TABLE once AS VALUES (1)', 'CREATE TABLE IF NOT EXISTS once AS VALUES (2)');
    for (const create of ['TABLE once AS VALUES (2)', 'VIEW once AS SELECT 2']) {
      const [kind = ''] = create.split(' ');
      expect(await rejected(ctx.sql(`CREATE ${create}`))).toMatchObject({
        code: 'EXECUTION',
        message: expect.stringContaining(`"once" exists already. Write CREATE OR REPLACE ${kind}`),
      });
    }
    expect(await run('CREATE OR REPLACE TABLE once AS VALUES (3)', 'SELECT * FROM once')).toEqual([{ column1: 3 }]);
    await rows('DROP TABLE once');
  });

  it('support tables from a query', async () => {
    const create = 'CREATE TABLE counts AS SELECT origin, count(*) AS n FROM flights GROUP BY origin';
    expect(await run(create, 'SELECT count(*) AS c, sum(n) AS s FROM counts')).toEqual([{ c: 229, s: 3_000_000 }]);
    expect(await run('DROP TABLE counts', 'DROP TABLE IF EXISTS counts')).toEqual([]);
    expect(await ctx.tableExists('counts')).toBe(false);
  });

  it('give the columns of a query null, even if it has only literals', async () => {
    const rowsOfT = await run('CREATE TABLE n AS SELECT 1 AS a', 'INSERT INTO n VALUES (NULL)', 'SELECT * FROM n');
    expect(rowsOfT).toEqual(expect.arrayContaining([{ a: 1 }, { a: null }]));
    expect(await rejected(run('CREATE TABLE m (a INT NOT NULL)', 'INSERT INTO m VALUES (NULL)'))).toMatchObject({
      message: expect.stringContaining('non-nullable'),
    });
  });

  it.each(['TABLE', 'VIEW'])('name the %s that does not exist', async (kind) => {
    await run('CREATE OR REPLACE TABLE orders AS VALUES (1)');
    expect(await rejected(ctx.sql(`DROP ${kind} ordrs`))).toMatchObject({
      code: 'PLAN',
      message: 'The table "ordrs" does not exist. Did you mean "orders"?',
    });
    expect(await run(`DROP ${kind} IF EXISTS ordrs`, 'DROP TABLE orders')).toEqual([]);
  });

  it('support empty tables', async () => {
    const df = await ctx.sql('CREATE TABLE nothing (a INT, b VARCHAR NOT NULL)').then(() => ctx.table('nothing'));
    expect((await df.toArrow()).schema.fields.map((field) => `${field.name}: ${field.type}`)).toEqual([
      'a: Int32',
      'b: Utf8',
    ]);
  });

  it('support schemas', async () => {
    expect(await run('CREATE SCHEMA s', 'CREATE TABLE s.t AS VALUES (1)', 'SELECT * FROM s.t')).toEqual([
      { column1: 1 },
    ]);
  });
});

describe('INSERT', () => {
  it('is refused for a view', async () => {
    await run('CREATE TABLE below AS VALUES (1)', 'CREATE VIEW above AS SELECT * FROM below');
    const writes = [
      () => ctx.sql('INSERT INTO above VALUES (2)'),
      () => ctx.sql('SELECT 2 AS column1').writeTable('above'),
    ];
    for (const write of writes)
      expect(await rejected(write())).toMatchObject({
        code: 'NOT_IMPLEMENTED',
        message: expect.stringContaining('above is a view, so it takes no rows'),
      });
  });

  it('adds rows to an in-memory table', async () => {
    await run('CREATE TABLE notes (id INT, note VARCHAR)', "INSERT INTO notes VALUES (1, 'a'), (2, NULL)");
    await cluster.betweenQueries();
    expect(await rows('INSERT INTO notes SELECT id + 10, note FROM notes')).toEqual([{ count: 2 }]);
    await cluster.betweenQueries();
    expect(await rows('SELECT * FROM notes ORDER BY id')).toEqual([
      { id: 1, note: 'a' },
      { id: 2, note: null },
      { id: 11, note: 'a' },
      { id: 12, note: null },
    ]);
    expect(await run("INSERT OVERWRITE notes VALUES (7, 'z')", 'SELECT * FROM notes')).toEqual([{ id: 7, note: 'z' }]);
  });

  it('adds files to a folder', async () => {
    const create = `CREATE EXTERNAL TABLE sink (id BIGINT, name VARCHAR) STORED AS PARQUET LOCATION '${temp('sink/')}'`;
    const insert = "INSERT INTO sink VALUES (1, 'a'), (2, 'b')";
    expect(await run(create, insert)).toEqual([{ count: 2 }]);
    expect(await run('INSERT INTO sink SELECT id + 10, name FROM sink', 'SELECT sum(id) AS s FROM sink')).toEqual([
      { s: 26 },
    ]);
  });
});

describe('COPY TO', () => {
  it.each(['PARQUET', 'CSV', 'JSON', 'ARROW'])('writes %s files that can be read back', async (format) => {
    const path = temp(`copy.${format.toLowerCase()}`);
    const copy = `COPY (SELECT origin, count(*) AS n FROM flights GROUP BY origin) TO '${path}' STORED AS ${format}`;
    expect(await rows(copy)).toEqual([{ count: 229 }]);
    await cluster.betweenQueries();
    const create = `CREATE EXTERNAL TABLE copy_${format} STORED AS ${format} LOCATION '${path}'`;
    const query = `SELECT count(*) AS c, sum(n) AS s FROM copy_${format}`;
    expect(await run(create, query)).toEqual([{ c: 229, s: 3_000_000 }]);
  });
});

describe('COPY TO options', () => {
  it('for CSV reach the executors', async () => {
    const options = "OPTIONS ('format.delimiter' ';', 'format.has_header' 'false', 'format.null_value' '-')";
    await rows(`COPY (VALUES (1, 'a'), (2, NULL)) TO '${temp('options.csv')}' STORED AS CSV ${options}`);
    expect(readFileSync(temp('options.csv'), 'utf8')).toBe('1;a\n2;-\n');
  });

  it('for compression reach the executors', async () => {
    const options = "OPTIONS ('format.compression' 'gzip')";
    await rows(`COPY (SELECT 1 AS a) TO '${temp('packed.csv')}' STORED AS CSV ${options}`);
    expect(gunzipSync(readFileSync(temp('packed.csv'))).toString()).toBe('a\n1\n');
  });
});

describe('settings', () => {
  it('SET changes a value, SHOW returns it and RESET restores it', async () => {
    const show = 'SHOW datafusion.execution.batch_size';
    const name = 'datafusion.execution.batch_size';
    const [before] = await rows(show);
    expect(await run('SET datafusion.execution.batch_size = 1000', show)).toEqual([{ name, value: '1000' }]);
    expect(await run('RESET datafusion.execution.batch_size', show)).toEqual([before]);
    expect(before).not.toEqual({ name, value: '1000' });
  });

  it('SET reaches the cluster', async () => {
    // Each executor that ran the query used the new batch size.
    await rows('SET datafusion.execution.batch_size = 1000');
    const batches = await (await ctx.sql('SELECT delay FROM flights LIMIT 5000')).collect();
    await rows('RESET datafusion.execution.batch_size');
    expect(batches.length).toBeGreaterThan(4);
    expect(Math.max(...batches.map((batch) => batch.numRows))).toBeLessThanOrEqual(1000);
  });

  it.skipIf(LOCAL)('RESET restores the default of this package, also on the cluster', async () => {
    const name = 'datafusion.optimizer.prefer_hash_join';
    const hashJoins = async () => {
      const df = await ctx.sql('SELECT count(*) AS n FROM flights a JOIN flights b ON a.date = b.date');
      return (await df.explainString()).includes('HashJoinExec');
    };
    expect(await hashJoins()).toBe(true);
    expect(await run(`SET ${name} = false`, `SHOW ${name}`)).toEqual([{ name, value: 'false' }]);
    expect(await hashJoins()).toBe(false);
    expect(await run(`RESET ${name}`, `SHOW ${name}`)).toEqual([{ name, value: 'true' }]);
    expect(await hashJoins()).toBe(true);
  });

  it('RESET accepts known keys and rejects unknown ones', async () => {
    const key = LOCAL ? 'datafusion.catalog.location' : 'ballista.job.name';
    expect(await run(`SET ${key} = x`, `RESET ${key}`)).toEqual([]);
    expect((await rejected(ctx.sql('RESET ballista.nope'))).code).toBe('CONFIG');
  });

  it('SHOW ALL returns every key', async () => {
    const keys = (await rows('SHOW ALL')).map((row) => row['name']);
    expect(keys).toContain('datafusion.execution.target_partitions');
    expect(keys.includes('ballista.client.pull')).toBe(!LOCAL);
  });
});

describe('metadata queries', () => {
  it('DESCRIBE returns the columns of a table', async () => {
    expect(await rows('DESCRIBE flights')).toEqual([
      { column_name: 'date', data_type: 'Timestamp(µs)', is_nullable: 'YES' },
      { column_name: 'delay', data_type: 'Int64', is_nullable: 'YES' },
      { column_name: 'distance', data_type: 'Int64', is_nullable: 'YES' },
      { column_name: 'origin', data_type: 'LargeUtf8', is_nullable: 'YES' },
      { column_name: 'destination', data_type: 'LargeUtf8', is_nullable: 'YES' },
    ]);
  });

  it('information_schema and SHOW return tables, columns and functions', async () => {
    const tables = `SELECT table_type FROM information_schema.tables WHERE table_name = 'flights'`;
    expect(await rows(tables)).toEqual([{ table_type: 'BASE TABLE' }]);
    const columns = `SELECT count(*) AS n FROM information_schema.columns WHERE table_name = 'flights'`;
    expect(await rows(columns)).toEqual([{ n: 5 }]);
    expect((await rows('SHOW TABLES')).map((row) => row['table_name'])).toContain('flights');
    expect((await rows('SHOW COLUMNS FROM flights')).map((row) => row['column_name'])).toContain('delay');
    expect((await rows('SHOW FUNCTIONS')).map((row) => row['function_name'])).toContain('sha512');
  });
});
