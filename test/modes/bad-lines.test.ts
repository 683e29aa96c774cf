/** Errors name the line of a text file that cannot be read, as an editor numbers it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Field, Int64, Schema, Utf8 } from 'apache-arrow';
import { beforeAll, describe, expect, it } from 'vitest';

import { withCluster, withContext } from '../support/cluster.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const split = withContext(cluster);
const temp = tempFolder();

beforeAll(async () => {
  await split.sql('SET datafusion.execution.target_partitions = 4');
  await split.sql('SET datafusion.optimizer.repartition_file_min_size = 1000');
});

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(temp(name), content);
  return temp(name);
}

/** `count` lines, of which the line with the number `bad`, from 1, is another. */
function lines(count: number, line: (i: number) => string, bad: number, wrong: string) {
  return Array.from({ length: count }, (_, i) => (i + 1 === bad ? wrong : line(i + 1))).join('\n');
}

describe('CSV', () => {
  const schema = { id: 'Int64', name: 'Utf8', day: 'Date32' } as const;
  const ADVICE =
    "Give the column another type with columnTypes or schema (in SQL, declare the columns), or pass onBadRow: 'skip' or 'null' (in SQL, on_bad_row).";

  it.each([
    ['2,Bob,soon', 'line 3 has the value "soon" for the column day, which cannot be read as Date32'],
    ['"two",Bob,2026-01-01', 'line 3 has the value "two" for the column id, which cannot be read as Int64'],
  ])('%s', async (row, what) => {
    const path = file('value.csv', `id,name,day\n1,Ada,2026-01-01\n${row}\n3,Eve,2026-01-03\n`);
    const error = await rejected((await ctx.readCsv(path, { schema })).toArray());
    expect(error).toMatchObject(failedRunning('EXECUTION', `Cannot read ${path} as csv: ${what}. ${ADVICE}`));
  });

  it.each([
    ['2,Bob', 'line 3 has 2 values, but there are 3 columns', 'truncatedRows'],
    ['2,Bob,2026-01-01,4', 'line 3 has 4 values, but there are 3 columns', "onBadRow: 'skip'"],
  ])('%s', async (row, what, advice) => {
    const path = file('count.csv', `id,name,day\n1,Ada,2026-01-01\n${row}\n`);
    const { message } = await rejected((await ctx.readCsv(path, { schema })).toArray());
    expect(message).toContain(`Cannot read ${path} as csv: ${what}`);
    expect(message).toContain(advice);
  });

  it('a header with another number of columns than the schema', async () => {
    const path = file('header.csv', 'id,name\n1,Ada\n');
    const { message } = await rejected((await ctx.readCsv(path, { schema })).toArray());
    expect(message).toContain('its header has the columns id, name, but the table has id, name, day.');
  });

  it('a value that is missing, in a column that is not nullable', async () => {
    const path = file('null.csv', 'id,name\n1,Ada\n,Bob\n');
    const fields = [new Field('id', new Int64(), false), new Field('name', new Utf8(), true)];
    const { message } = await rejected((await ctx.readCsv(path, { schema: new Schema(fields) })).toArray());
    expect(message).toContain('line 3 has no value for the column id, which is not nullable');
  });

  it('bytes that are not UTF-8, also in a column that is not read', async () => {
    const path = file('latin.csv', Buffer.from('id,name,day\n1,Ada,2026-01-01\n2,M\xfcller,2026-01-01\n', 'latin1'));
    const { message } = await rejected((await ctx.readCsv(path, { schema })).select('id').toArray());
    expect(message).toContain('line 3 has a value of the column name that is not valid UTF-8');
  });

  it('counts empty lines, comments and line breaks in values', async () => {
    const text = '# a\n\nid,name\n# b\n1,"A\nd\na"\n\n\n# c\ntwo,Bob\n';
    const path = file('comments.csv', text);
    const options = { schema: { id: 'Int64', name: 'Utf8' }, comment: '#', newlinesInValues: true } as const;
    const { message } = await rejected((await ctx.readCsv(path, options)).toArray());
    expect(message).toContain('line 11 has the value "two" for the column id');
    const long = file('comments-long.csv', text.replace('two,Bob', '2,Bob,3'));
    expect((await rejected(ctx.readCsv(long, { comment: '#', newlinesInValues: true }))).message).toContain(
      'line 11 has 3',
    );
  });

  it('shows the start of a long value', async () => {
    const path = file('long-value.csv', `id\n${'x'.repeat(5000)}\n`);
    const { message } = await rejected((await ctx.readCsv(path, { schema: { id: 'Int64' } })).toArray());
    expect(message).toContain(`"${'x'.repeat(100)}…"`);
    expect(message.length).toBeLessThan(1000);
  });

  it.each([2, 5_000, 29_999, 30_000, 60_000, 99_999])('in a part of a file: line %d', async (bad) => {
    const text = lines(100_000, (i) => (i === 1 ? 'id,name' : `${i},name ${i}`), bad, 'bad,name');
    const path = file(`part-${bad}.csv`, text);
    const options = { schema: { id: 'Int64', name: 'Utf8' } } as const;
    expect((await rejected((await split.readCsv(path, options)).toArray())).message).toContain(
      `line ${bad} has the value "bad" for the column id`,
    );
    file(`part-${bad}.csv.gz`, gzipSync(text));
    const gzip = { ...options, fileCompressionType: 'gzip' } as const;
    expect((await rejected((await split.readCsv(`${path}.gz`, gzip)).toArray())).message).toContain(`line ${bad} has`);
  });

  it('skips lines that do not fit, if SQL says so', async () => {
    const path = file('sql.csv', 'id,name\n1,Ada\ntwo,Bob\n3,Eve,extra\n');
    const create = (name: string, columns: string, way: string) =>
      ctx.sql(
        `CREATE EXTERNAL TABLE ${name} ${columns} STORED AS CSV LOCATION '${path}' OPTIONS ('format.has_header' 'true', 'on_bad_row' '${way}')`,
      );
    await create('skipped', '(id BIGINT, name VARCHAR)', 'skip');
    expect(await (await ctx.table('skipped')).toArray()).toEqual([{ id: 1n, name: 'Ada' }]);
    await create('filled', '(id BIGINT, name VARCHAR)', 'null');
    expect(await (await ctx.table('filled')).select('id').toArray()).toEqual([{ id: 1n }, { id: null }, { id: 3n }]);
    await create('inferred', '', 'skip');
    expect(await (await ctx.table('inferred')).select('name').toArray()).toEqual([{ name: 'Ada' }, { name: 'Bob' }]);
    expect(await rejected(create('other', '', 'ignore'))).toMatchObject({ code: 'INVALID_ARGUMENT' });
    const written = (option: string) =>
      ctx.sql(`CREATE EXTERNAL TABLE w STORED AS CSV LOCATION '${path}' OPTIONS (${option})`);
    for (const [option, name] of [
      [`'onBadRow' 'skip'`, 'on_bad_row'],
      [`'format.hasHeader' 'true'`, 'has_header'],
    ] as const)
      expect(await rejected(written(option))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`In SQL, it is written '${name}'.`),
      });
    const json = `CREATE EXTERNAL TABLE j STORED AS JSON LOCATION '${path}' OPTIONS ('on_bad_row' 'skip')`;
    expect(await rejected(ctx.sql(json))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: 'The option on_bad_row is only for CSV files.',
    });
  });
});

describe('JSON', () => {
  it('that is not JSON, when the columns are inferred', async () => {
    const path = file('syntax.json', '{"a": 1}\n\n{"a": 2,}\n{"a": 3}\n');
    const error = await rejected(ctx.readJson(path));
    expect(error).toMatchObject({ code: 'EXECUTION' });
    expect(error.message).toContain(`Cannot read ${path} as json: line 3: trailing comma at column 9.`);
  });

  it('in one of several files', async () => {
    mkdirSync(temp('several'));
    file('several/a.json', '{"a": 1}\n');
    file('several/b.json', '{"a": 2}\n{"a": 3\n');
    const { message } = await rejected(ctx.readJson(temp('several/')));
    expect(message).toContain('as json: b.json, line 2: the value does not end on its line.');
  });

  it('with objects of several lines', async () => {
    const path = file('formatted.json', '{\n  "a": 1\n}\n{\n  "a": 2\n}\n');
    const { message } = await rejected(ctx.readJson(path));
    expect(message).toContain(
      'line 1: the value does not end on its line. Write one object on each line, or one array',
    );
  });

  it('with a byte order mark', async () => {
    const path = file('marked.json', '\u{feff}{"a": 1}\n');
    expect((await rejected(ctx.readJson(path))).message).toContain('it begins with a byte order mark');
  });

  it('of an array', async () => {
    const path = file('array.json', '[\n  {"a": 1},\n  {"a": 2},\n  {"a" 3}\n]\n');
    expect((await rejected(ctx.readJson(path))).message).toContain('line 4: expected `:` at column 8');
    const good = Array.from({ length: 2000 }, (_, i) => `{"a": ${i}}`);
    const late = file('late-array.json', `[\n${[...good, '{"a" 3}'].join(',\n')}\n]`);
    const { message } = await rejected((await ctx.readJson(late)).toArray());
    expect(message).toContain('line 2002: expected `:` at column 6');
  });

  it('whose value has another type', async () => {
    const path = file('type.json', '{"a": 1}\n{"a": 2}\n{"a": "x", "b": 1}\n{"a": 4}\n');
    const df = await ctx.readJson(path, { schema: { a: 'Int64', b: 'Int64' } });
    expect((await rejected(df.toArray())).message).toMatch(/type\.json as json: line 3: .*'a'.*"x"/);
    expect(await df.select('b').count()).toBe(4);
  });

  it('counts the lines of objects', async () => {
    const path = file('objects.json', '{"a": 1}\n{\n  "a": 2\n}\n\n{\n  "a":\n  "x"}\n');
    const df = await ctx.readJson(path, { schema: { a: 'Int64' } });
    expect((await rejected(df.toArray())).message).toContain('line 6: ');
    const open = file('open.json', '{"a": 1}\n{"a": 2\n');
    const { message } = await rejected((await ctx.readJson(open, { schema: { a: 'Int64' } })).toArray());
    expect(message).toContain('line 2: ');
  });

  it.each([2, 5_000, 29_999, 60_000, 100_000])('in a part of a file: line %d', async (bad) => {
    for (const wrong of ['{"a": }', '{"a": "x"}']) {
      const text = lines(100_000, (i) => `{"a": ${i}}`, bad, wrong);
      const path = file(`part-${bad}.json`, text);
      const options = { schema: { a: 'Int64' } } as const;
      expect((await rejected((await split.readJson(path, options)).select('a').toArray())).message).toContain(
        `line ${bad}: `,
      );
      file(`part-${bad}.json.gz`, gzipSync(text));
      const gzip = { ...options, fileCompressionType: 'gzip' } as const;
      expect((await rejected((await split.readJson(`${path}.gz`, gzip)).toArray())).message).toContain(`line ${bad}: `);
    }
  });
});
