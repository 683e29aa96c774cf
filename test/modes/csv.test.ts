import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import { STAGES, withCluster, withContext } from '../support/cluster.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';

const cluster = await withCluster();
const ctx = withContext(cluster);
const stages = withContext(cluster, STAGES);
const split = withContext(cluster);
const temp = tempFolder();

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(temp(name), content);
  return temp(name);
}

async function rows(df: Promise<DataFrame> | DataFrame) {
  return (await df).toArray({ int64: 'number', timestamp: 'string' });
}

const types = (df: DataFrame) => df.schema().fields.map(({ type }) => String(type));

const MESSY = 'id,name\n1,Ada\ntwo,Bob\n3,Eve,extra\n4\n"5,Open\n6,Fay\n';
const schema = { id: 'Int64', name: 'Utf8' } as const;

describe('onBadRow', () => {
  it('leaves rows out', async () => {
    const df = await stages.readCsv(file('skip.csv', MESSY), { schema, onBadRow: 'skip' });
    const expected = [
      { id: 1, name: 'Ada' },
      { id: 6, name: 'Fay' },
    ];
    expect(await rows(df.sort('id'))).toEqual(expected);
    await cluster.betweenQueries();
    // The rows do not depend on the columns that are read.
    expect(await rows(df.select('name').sort('name'))).toEqual([{ name: 'Ada' }, { name: 'Fay' }]);
    expect(await df.count()).toBe(2);
  });

  it('replaces values with null', async () => {
    const df = await stages.readCsv(file('null.csv', MESSY), { schema, onBadRow: 'null' });
    expect(await rows(df)).toEqual([
      { id: 1, name: 'Ada' },
      { id: null, name: 'Bob' },
      { id: 3, name: 'Eve' },
      { id: 4, name: null },
      { id: null, name: null },
      { id: 6, name: 'Fay' },
    ]);
    expect(await df.count()).toBe(6);
  });

  it('names the line that has too many values when the columns are inferred', async () => {
    const error = await rejected(ctx.readCsv(file('long.csv', 'a,b\n1,2\n3,4,5\n')));
    expect(error).toMatchObject({ code: 'EXECUTION' });
    for (const part of ['long.csv', 'line 3', '3 values', "onBadRow: 'skip'"]) expect(error.message).toContain(part);
    expect(await rows(ctx.readCsv(temp('long.csv'), { onBadRow: 'skip' }))).toEqual([{ a: 1, b: 2 }]);
  });

  it('counts the rows', async () => {
    for (const onBadRow of ['skip', 'null'] as const) {
      const df = await ctx.readCsv(file(`count-${onBadRow}.csv`, MESSY), { schema, onBadRow });
      expect(await df.explainString({ analyze: true }), onBadRow).toContain('bad_rows=4');
    }
  });

  it('replaces only the values that are not UTF-8', async () => {
    const path = file('latin.csv', Buffer.from('id,name,n\n6,Fay,1\n7,M\xfcller,2\nx,"a ""b""\xe4",3\n', 'latin1'));
    const three = { ...schema, n: 'Int64' } as const;
    const df = await ctx.readCsv(path, { schema: three, onBadRow: 'null' });
    expect(await rows(df)).toEqual([
      { id: 6, name: 'Fay', n: 1 },
      { id: 7, name: null, n: 2 },
      { id: null, name: null, n: 3 },
    ]);
    expect(await rows(df.select('n'))).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(await df.count()).toBe(3);
    expect(await (await ctx.readCsv(path, { schema: three, onBadRow: 'skip' })).count()).toBe(1);
  });

  it.each([
    ['values may have line breaks', { newlinesInValues: true }, '\n'],
    ['lines have another end', { terminator: '|' }, '|'],
    ['nothing follows it', {}, '\n'],
  ] as const)('loses only the line of a quote that is not closed: %s', async (name, options, end) => {
    const last = name === 'nothing follows it' ? [] : ['3,c', '4,d'];
    const lines = ['id,text', '1,a', '2,"b', ...last].map((line) => line + end);
    const path = file('open.csv', lines.join(''));
    const texts = { id: 'Int64', text: 'Utf8' } as const;
    const skipped = await ctx.readCsv(path, { ...options, schema: texts, onBadRow: 'skip' });
    const first = { id: 1, text: 'a' };
    const others = last.map((line) => ({ id: Number(line[0]), text: line[2] }));
    expect(await rows(skipped)).toEqual([first, ...others]);
    expect(await skipped.explainString({ analyze: true })).toContain('bad_rows=1');
    const filled = await ctx.readCsv(path, { ...options, schema: texts, onBadRow: 'null' });
    expect(await rows(filled)).toEqual([first, { id: null, text: null }, ...others]);
  });

  it('finds the end of a long line, also behind a quote that is not closed', async () => {
    const long = 'x'.repeat(3_000_000);
    const text = `id,name\n1,"${long}"\n2,"open\n${`3,${long}\n`.repeat(30)}`;
    const options = { schema, onBadRow: 'skip', newlinesInValues: true } as const;
    const df = await ctx.readCsv(file('long-lines.csv', text), options);
    expect(await df.count()).toBe(31);
  });

  it('does not read values forever', async () => {
    const path = file('endless.csv', `id,name\n1,"${'x'.repeat(70 << 20)}`);
    const df = await ctx.readCsv(path, { schema, onBadRow: 'skip', newlinesInValues: true });
    const text = `Cannot read ${path} as csv: a record is longer than 64 MiB, perhaps because a quote is not closed.`;
    expect(await rejected(df.count())).toMatchObject(failedRunning('EXECUTION', text));
  });

  it('takes a header whose quote is not closed for the header', async () => {
    const path = file('open-header.csv', 'id,"name\n1,Ada\n2,Bob\n');
    for (const onBadRow of ['skip', 'null'] as const) {
      const df = await ctx.readCsv(path, { schema, onBadRow });
      expect(await rows(df.sort('id'))).toEqual([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Bob' },
      ]);
      expect(await df.explainString({ analyze: true })).not.toMatch(/bad_rows=[1-9]/);
    }
  });

  it('reads large files in parts, and compressed ones', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => (i % 1000 === 7 ? `x${i},bad` : `${i},"name ${i}"`));
    const text = `id,name\n${lines.join('\n')}\n`;
    const options = { schema, onBadRow: 'skip' } as const;
    await split.sql('SET datafusion.optimizer.repartition_file_min_size = 1000');
    const sum = async (df: DataFrame) => rows(df.aggregate([], ['count(*) AS n', 'sum(id) AS s']));
    const plain = await sum(await split.readCsv(file('large.csv', text), options));
    const packed = await sum(
      await ctx.readCsv(file('large.csv.gz', gzipSync(text)), { ...options, fileCompressionType: 'gzip' }),
    );
    const s = lines.reduce((sum, line, i) => sum + (line.startsWith('x') ? 0 : i), 0);
    expect(plain).toEqual([{ n: 199_800, s }]);
    expect(packed).toEqual(plain);
  });
});

describe('columns of CSV', () => {
  it('can have types by name while others are inferred', async () => {
    const path = file('named.csv', 'zip,n\n01234,1\n');
    const df = await ctx.readCsv(path, { columnTypes: { zip: 'Utf8' } });
    expect(await rows(df)).toEqual([{ zip: '01234', n: 1 }]);
    const lines = file('named.json', '{"a": 1, "b": 2}\n');
    expect(types(await ctx.readJson(lines, { columnTypes: { b: 'Float64' } }))).toEqual(['Int64', 'Float64']);
    expect(await rejected(ctx.readCsv(path, { columnTypes: { zap: 'Utf8' } }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('zip, n'),
    });
  });

  it.each([5_000, 50_000, 3_000_000])('are found in values with line breaks over %d bytes', async (size) => {
    const value = `"${'line\n'.repeat(20)}with \\ and ""quotes"""`;
    const count = Math.ceil(size / value.length);
    const path = file(
      `breaks-${size}.csv`,
      `a,b\n${Array.from({ length: count }, (_, i) => `${i},${value}`).join('\n')}\n`,
    );
    const df = await ctx.readCsv(path, { newlinesInValues: true });
    expect(types(df)).toEqual(['Int64', 'Utf8']);
    expect(await df.count()).toBe(count);
    const [first] = await rows(df.limit(1));
    expect(first?.['b']).toBe(`${'line\n'.repeat(20)}with \\ and "quotes"`);
  });

  it('are strings without values', async () => {
    const df = await ctx.readCsv(file('header.csv', 'a,b\n'));
    expect(types(df)).toEqual(['Utf8', 'Utf8']);
    expect(await rows(df)).toEqual([]);
    const late = file('late.csv', `a,b\n${'1,\n'.repeat(1500)}2,late\n`);
    expect(await rows((await ctx.readCsv(late)).filter('b IS NOT NULL'))).toEqual([{ a: 2, b: 'late' }]);
  });

  it.each([
    ['Z', '2024-01-01T12:00:00Z', '2024-01-01T13:00:00Z', '+00:00'],
    ['an offset', '2024-01-01 12:00:00+02:00', '2024-01-01 13:00:00+02:00', '+02:00'],
    ['several offsets', '2024-01-01T12:00:00+01:00', '2024-01-01T13:00:00Z', '+00:00'],
    ['no zone', '2024-01-01T12:00:00', '2024-01-01T13:00:00', null],
  ])('keep the zones of time stamps: %s', async (name, first, second, timezone) => {
    const df = await ctx.readCsv(file(`zones-${name}.csv`, `t\n${first}\n${second}\n`));
    expect(df.schema().fields[0]?.type).toMatchObject({ timezone });
    const offset = (text: string) => new Date(/[Z+]/.test(text) ? text : `${text}Z`).getTime();
    const found = await df.toArray({ timestamp: 'date' });
    expect(found.map(({ t }) => (t as Date).getTime())).toEqual([offset(first), offset(second)]);
  });

  it('are strings if only some time stamps have a zone', async () => {
    const df = await ctx.readCsv(file('half.csv', 't\n2024-01-01T12:00:00Z\n2024-01-01T12:00:00\n'));
    expect(types(df)).toEqual(['Utf8']);
  });

  it('have names of their own', async () => {
    const names = (df: DataFrame) => df.schema().fields.map(({ name }) => name);
    const excel = file('excel.csv', 'id,,\n1,x,\n2,y,z\n');
    const repeated = file('repeated.csv', 'a,b,a,a,a_1\n1,2,3,4,5\n');
    expect(names(await ctx.readCsv(excel))).toEqual(['id', 'column_2', 'column_3']);
    expect(names(await ctx.readCsv(repeated))).toEqual(['a', 'b', 'a_2', 'a_3', 'a_1']);
    for (const options of [{}, { onBadRow: 'skip' }, { onBadRow: 'null' }] as const) {
      const df = await stages.readCsv(excel, options);
      expect(await rows(df.select('id', 'column_3'))).toEqual([
        { id: 1, column_3: null },
        { id: 2, column_3: 'z' },
      ]);
      expect(await rows(stages.readCsv(repeated, options))).toEqual([{ a: 1, b: 2, a_2: 3, a_3: 4, a_1: 5 }]);
    }
    await ctx.sql(`CREATE EXTERNAL TABLE repeated STORED AS CSV LOCATION '${repeated}'`);
    expect(await rows(ctx.sql('SELECT a_3 FROM repeated'))).toEqual([{ a_3: 4 }]);
  });

  it('are found with any terminator', async () => {
    expect(await rows(ctx.readCsv(file('bars.csv', 'a,b|1,x|2,y|'), { terminator: '|' }))).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
  });
});

describe('nullRegex', () => {
  it('applies to columns of all types', async () => {
    const path = file('na.csv', 'n,d,s\n1,2024-01-01,x\nNA,NA,NA\n');
    const df = await stages.readCsv(path, { nullRegex: '^NA$' });
    expect(types(df)).toEqual(['Int64', 'Date32<DAY>', 'Utf8']);
    expect(await rows(df.filter('n IS NULL').select('n', 's'))).toEqual([{ n: null, s: null }]);
  });
});

describe('JSON', () => {
  const array = '[\n  {"a": 1, "b": [1, 2]},\n  {"a": -2}\n]\n';
  const expected = [
    { a: -2, b: null },
    { a: 1, b: [1, 2] },
  ];

  it('is read from a formatted array', async () => {
    const path = file('pretty.json', JSON.stringify([{ a: 1, b: { c: ['x'] } }, { a: 2 }], null, 2));
    expect(await (await ctx.readJson(path)).toArray({ int64: 'number' })).toEqual([
      { a: 1, b: { c: ['x'] } },
      { a: 2, b: null },
    ]);
    const damaged = file('cut.json', '[\n  {\n    "a": 1\n  },\n  {');
    expect(await rejected(ctx.readJson(damaged))).toMatchObject({ code: 'EXECUTION' });
  });

  it('is read from a file that is one array', async () => {
    const path = file('array.json', array);
    expect(await rows((await stages.readJson(path)).sort('a'))).toEqual(expected);
    await cluster.betweenQueries();
    await ctx.sql(`CREATE EXTERNAL TABLE json_array STORED AS JSON LOCATION '${path}'`);
    expect(await rows(ctx.sql('SELECT * FROM json_array ORDER BY a'))).toEqual(expected);
  });

  it('is read from compressed arrays', async () => {
    const path = file('array.json.gz', gzipSync(array));
    expect(await rows((await ctx.readJson(path, { fileCompressionType: 'gzip' })).sort('a'))).toEqual(expected);
  });

  it('is read from arrays beside files with lines', async () => {
    const paths = [file('one.json', '[{"a": 1}]'), file('two.json', '{"a": 2}\n{"a": 3}\n')];
    expect(await rows((await ctx.readJson(paths)).sort('a'))).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  it('is read once from a large array', async () => {
    const path = file(
      'large.json',
      JSON.stringify(Array.from({ length: 100_000 }, (_, id) => ({ id, text: 'x'.repeat(100) }))),
    );
    expect(await (await stages.readJson(path)).count()).toBe(100_000);
  });
});
