import { readFileSync, writeFileSync } from 'node:fs';
import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import type { DataFrame } from '../../src/dataframe/dataframe.js';
import type { FileCompression } from '../../src/files/read-options.js';
import { HttpStore } from '../../src/object-store/http-store.js';
import { avroFile, avroLong, avroSnappy, avroString } from '../support/avro.js';
import { newContext, withCluster, withContext } from '../support/cluster.js';
import { COUNT_AVRO, FLIGHTS_ARROW, LONG_AVRO, PEOPLE_AVRO, tempFolder } from '../support/data.js';
import { serveFiles } from '../support/file-server.js';
import { rejected } from '../support/rejected.js';
import { failedRunning } from '../support/running.js';

// How files of each format are damaged, and what the error says. `test/process/damaged-files.test.ts` damages files at every
// position.

const temp = tempFolder();
const paths: Record<string, string> = {};
const web = await serveFiles(paths);
const cluster = await withCluster();
const ctx = withContext(cluster);
const split = withContext(cluster);
await ctx.registerObjectStore(web.url, new HttpStore({ url: web.url }));

/** Writes a file for this test, here and on the web server. */
function file(name: string, bytes: Uint8Array | string): string {
  paths[`/${name}`] = temp(name);
  writeFileSync(temp(name), bytes);
  return temp(name);
}

const numbers = () =>
  ctx.sql("SELECT value AS id, arrow_cast(value % 3, 'Dictionary(Int8, Int64)') AS kind FROM range(1000)");
const rows = async (df: DataFrame | Promise<DataFrame>) => (await df).count();

describe('Avro', () => {
  const RECORD = { type: 'record', name: 'R', fields: [{ name: 's', type: 'string' }] };
  const records = (...texts: string[]) => ({ count: texts.length, data: Buffer.concat(texts.map(avroString)) });

  it.each([
    ['more records than it counts', COUNT_AVRO, 'the blocks from byte 181 do not hold exactly 1 records'],
    ['a wrong size', LONG_AVRO, 'the block at byte 181 does not end with the sync marker of the file'],
  ])('a block with %s ends with an error', async (_, path, text) => {
    const df = await ctx.readAvro(path);
    expect(await rejected(df.toArray())).toMatchObject(
      failedRunning('EXECUTION', `Cannot read ${path} as avro: ${text}.`),
    );
    expect(await rejected(df.count())).toMatchObject(failedRunning('EXECUTION', text));
  });

  it.each([
    ['fewer records than it counts', { count: 3 }, 'the blocks from byte 120 do not hold 3 records'],
    ['a count that its bytes cannot hold', { count: 2 ** 40 }, 'counts 1099511627776 records but has 10 bytes'],
    ['bytes but no records', { count: 0 }, 'counts 0 records but has 10 bytes'],
  ])('a block with %s', async (_, change, text) => {
    const path = file('count.avro', avroFile(RECORD, 'null', [{ ...records('ab', 'cdefgh'), ...change }]));
    expect(await rejected(rows(ctx.readAvro(path)))).toMatchObject(failedRunning('EXECUTION', text));
  });

  it('a file cut inside of a block', async () => {
    const whole = avroFile(RECORD, 'null', [records('a', 'b'), records('c')]);
    const path = file('cut.avro', whole.subarray(0, -3));
    expect(await rejected(rows(ctx.readAvro(path)))).toMatchObject(
      failedRunning(
        'EXECUTION',
        `it ends inside of the block at byte ${whole.length - 20}, at byte ${whole.length - 3}`,
      ),
    );
    expect(await rejected(rows(ctx.readAvro(`${web.url}/cut.avro`)))).toMatchObject(
      failedRunning('EXECUTION', `Cannot read ${web.url}/cut.avro as avro: it ends inside of the block`),
    );
  });

  it('a header that is not one', async () => {
    const path = file('header.avro', readFileSync(PEOPLE_AVRO).subarray(0, 40));
    const text = `Cannot read ${path} as avro: it ends inside of its header, at byte 40.`;
    expect(await rejected(ctx.readAvro(path))).toMatchObject({ code: 'EXECUTION', message: text });
    const sql = `CREATE EXTERNAL TABLE damaged STORED AS AVRO LOCATION '${path}'`;
    expect(await rejected(ctx.sql(sql))).toMatchObject({ code: 'EXECUTION', message: text });
  });

  it('reads blocks without records, and many blocks as one', async () => {
    const blocks = Array.from({ length: 30 }, (_, i) => records(...Array.from({ length: i % 4 }, () => `text ${i}`)));
    const path = file('blocks.avro', avroFile(RECORD, 'null', blocks));
    const right = blocks.flatMap(({ count }, i) => Array.from({ length: count }, () => ({ s: `text ${i}` })));
    expect(await (await ctx.readAvro(path)).toArray()).toEqual(right);
    expect(await (await ctx.readAvro(`${web.url}/blocks.avro`)).toArray()).toEqual(right);
  });

  it('reads every codec', async () => {
    const two = Buffer.from('line1\nline2\n');
    const schema = { type: 'record', name: 'R', fields: [{ name: 'f', type: { type: 'fixed', name: 'F', size: 6 } }] };
    // The engine compresses what is a CSV file and also two records.
    const written = async (compression: FileCompression) => {
      const lines = await ctx.sql("SELECT * FROM (VALUES ('line1'), ('line2')) AS t(s) ORDER BY s");
      await lines.writeCsv(temp('block.csv'), {
        compression,
        withHeader: false,
        singleFileOutput: true,
        mode: 'overwrite',
      });
      return readFileSync(temp('block.csv'));
    };
    const codecs: Record<string, Uint8Array> = {
      null: two,
      deflate: deflateRawSync(two),
      snappy: avroSnappy(two),
      zstandard: await written('zstd'),
      bzip2: await written('bzip2'),
      xz: await written('xz'),
    };
    for (const [codec, data] of Object.entries(codecs)) {
      const path = file(`${codec}.avro`, avroFile(schema, codec, [{ count: 2, data }]));
      const found = await (await ctx.readAvro(path)).toArray();
      expect(found.map(({ f }) => Buffer.from(f as Uint8Array).toString())).toEqual(['line1\n', 'line2\n']);
      const cut = file(`${codec}.avro`, avroFile(schema, codec, [{ count: 2, data: data.subarray(0, -1) }]));
      expect((await rejected(rows(ctx.readAvro(cut)))).message).toContain(`${codec}.avro as avro: the block`);
    }
    const unknown = file('unknown.avro', avroFile(schema, 'lzo', [{ count: 2, data: two }]));
    expect((await rejected(ctx.readAvro(unknown))).message).toContain('its codec "lzo" is unknown');
  });

  it('does not decompress without end', async () => {
    const part = deflateRawSync(Buffer.alloc(2 ** 24), { finishFlush: constants.Z_SYNC_FLUSH });
    const zeros = Buffer.concat([...Array<Buffer>(70).fill(part), deflateRawSync('')]);
    const path = file('bomb.avro', avroFile(RECORD, 'deflate', [{ count: 1, data: zeros }]));
    expect((await rejected(rows(ctx.readAvro(path)))).message).toContain('holds more than 1073741824 bytes');
  });

  it('reads columns by name, and rows without columns', async () => {
    expect(await (await ctx.readAvro(PEOPLE_AVRO)).select('score', 'id').toArray()).toHaveLength(3);
    expect(await rows(ctx.readAvro(PEOPLE_AVRO))).toBe(3);
    expect(avroLong(3)).toEqual(Buffer.from([6]));
  });
});

describe('Arrow', () => {
  it.each(['uncompressed', 'lz4', 'zstd'] as const)('reads files and streams, %s', async (compression) => {
    const df = await numbers();
    await df.writeArrow(temp('whole.arrow'), { compression, singleFileOutput: true, mode: 'overwrite' });
    file('whole.arrow', readFileSync(temp('whole.arrow')));
    file('whole.arrows', await df.toIPC());
    for (const name of ['whole.arrow', 'whole.arrows']) {
      for (const path of [temp(name), `${web.url}/${name}`]) {
        const read = await ctx.readArrow(path);
        expect(await rows(read)).toBe(1000);
        expect(await read.select('kind', 'id').filter('id = 998').toArray()).toEqual([{ kind: 2n, id: 998n }]);
      }
    }
  });

  it('a file without its end', async () => {
    const whole = readFileSync(FLIGHTS_ARROW);
    const path = file('cut.arrow', whole.subarray(0, -100_000));
    const text = 'as arrow: it does not end like an Arrow file, so it may be incomplete.';
    expect(await rejected(ctx.readArrow(path))).toMatchObject({
      code: 'EXECUTION',
      message: `Cannot read ${path} ${text}`,
    });
    expect(await rejected(ctx.readArrow(`${web.url}/cut.arrow`))).toMatchObject({
      code: 'EXECUTION',
      message: `Cannot read ${web.url}/cut.arrow ${text}`,
    });
    const sql = `CREATE EXTERNAL TABLE damaged STORED AS ARROW LOCATION '${path}'`;
    expect(await rejected(ctx.sql(sql))).toMatchObject({ code: 'EXECUTION', message: `Cannot read ${path} ${text}` });
    const byPath = newContext(cluster);
    byPath.enableUrlTable();
    expect(await rejected(byPath.sql(`SELECT * FROM '${path}'`))).toMatchObject({ code: 'EXECUTION' });
    await byPath.close();
  });

  it('a stream without its end, also one cut between two messages', async () => {
    const whole = await (await numbers()).toIPC();
    for (const cut of [1, 8, 9]) {
      const path = file('cut.arrows', whole.subarray(0, whole.length - cut));
      expect((await rejected(rows(ctx.readArrow(path)))).message).toContain(`Cannot read ${path} as arrow: it `);
      const bytes = whole.subarray(0, whole.length - cut);
      expect(await rejected(Promise.resolve(ctx.fromArrow(bytes)))).toMatchObject({ code: 'ARROW' });
    }
  });

  it('bytes that claim a body of 2^60 bytes', async () => {
    const bytes = Uint8Array.from(await (await numbers()).toIPC());
    const view = new DataView(bytes.buffer);
    // The length of the body is in the metadata of the second message.
    const second = 8 + view.getInt32(4, true);
    const metadata = view.getInt32(second + 4, true);
    for (let at = second + 8; at < second + 8 + metadata; at += 8) {
      const changed = Uint8Array.from(bytes);
      changed[at + 7] = 0x10;
      await Promise.resolve(ctx.fromArrow(changed))
        .then(rows)
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'ARROW' });
        });
    }
  });
});

describe('compressed text', () => {
  const parts = ['id\n1\n2\n', '3\n4\n'];

  it('is read to the end of its last part, also from an object store', async () => {
    file('parts.csv.gz', Buffer.concat(parts.map((part) => gzipSync(part))));
    const options = { fileCompressionType: 'gzip', fileExtension: '.gz' } as const;
    expect(await rows(ctx.readCsv(temp('parts.csv.gz'), options))).toBe(4);
    expect(await rows(ctx.readCsv(`${web.url}/parts.csv.gz`, options))).toBe(4);
  });

  it.each(['bzip2', 'xz', 'zstd'] as const)('%s', async (compression) => {
    const compressed: Uint8Array[] = [];
    for (const values of ['(1), (2)', '(3), (4)']) {
      const df = await ctx.sql(`SELECT * FROM (VALUES ${values}) AS t(id)`);
      const withHeader = compressed.length === 0;
      await df.writeCsv(temp('part.csv'), { compression, withHeader, singleFileOutput: true, mode: 'overwrite' });
      compressed.push(readFileSync(temp('part.csv')));
    }
    const whole = Buffer.concat(compressed);
    file('parts.csv', whole);
    file('cut.csv', whole.subarray(0, -2));
    for (const root of [`${temp()}/`, `${web.url}/`]) {
      expect(await rows(ctx.readCsv(`${root}parts.csv`, { fileCompressionType: compression }))).toBe(4);
      const error = await rejected(rows(ctx.readCsv(`${root}cut.csv`, { fileCompressionType: compression })));
      expect(error.message).toContain('cut.csv');
    }
  });
});

describe('a CSV file', () => {
  const good = 'id,text\n1,"a"\n2,"b ""x"", \n c"\n3,d"\n4,e';
  const cases: Record<string, [string, object, number]> = {
    'a value without its closing quote': ['id,text\n1,a\n2,"b\n3,c\n', {}, 14],
    'only an opening quote': ['id,text\n1,"', {}, 10],
    'an escaped closing quote': ['id,text\n1,"a\\"\n2,b\n', { escape: '\\' }, 10],
    'a doubled closing quote': ['id,text\n1,"a""\n2,b\n', {}, 10],
    'another quote': ["id;text\n1;'a\n2;b\n", { quote: "'", delimiter: ';' }, 10],
  };

  it.each(Object.entries(cases))('that ends inside of a quoted value: %s', async (_, [text, options, at]) => {
    const path = file('quotes.csv', text);
    file('quotes.csv.gz', gzipSync(text));
    const message = (from: string) =>
      `Cannot read ${from} as csv: it ends inside of a quoted value, which begins at byte ${at}.`;
    expect(await rejected((await ctx.readCsv(path, options)).toArray())).toMatchObject(
      failedRunning('EXECUTION', message(path)),
    );
    expect(await rejected((await ctx.readCsv(`${web.url}/quotes.csv`, options)).toArray())).toMatchObject(
      failedRunning('EXECUTION', message(`${web.url}/quotes.csv`)),
    );
    const gzip = { ...options, fileCompressionType: 'gzip', fileExtension: '.gz' } as const;
    expect(await rejected((await ctx.readCsv(`${path}.gz`, gzip)).toArray())).toMatchObject(
      failedRunning('EXECUTION', message(`${path}.gz`)),
    );
  });

  it('that ends inside of a quoted value, with nullRegex', async () => {
    const path = file('null-quotes.csv', 'id,text\n1,a\n2,"b\n3,c\n');
    expect(await rejected((await ctx.readCsv(path, { nullRegex: 'NA' })).toArray())).toMatchObject(
      failedRunning('EXECUTION', `Cannot read ${path} as csv: it ends inside of a quoted value`),
    );
  });

  it('whose header is not closed has no columns to find', async () => {
    const path = file('header-quotes.csv', 'id,"text\n1,a\n2,b\n');
    for (const onBadRow of [undefined, 'skip'] as const)
      expect(await rejected(ctx.readCsv(path, onBadRow ? { onBadRow } : {}))).toMatchObject({
        code: 'EXECUTION',
        message: expect.stringContaining('the record at line 1 does not end'),
      });
  });

  it('with quotes, also inside of values, is read', async () => {
    const texts = ['a', 'b "x", \n c', 'd"', 'e'];
    const all = texts.map((text, i) => ({ id: BigInt(i + 1), text }));
    for (const bytes of [good, `\uFEFF${good}`])
      expect(await (await ctx.readCsv(file('good.csv', bytes), { newlinesInValues: true })).toArray()).toEqual(all);
  });

  it('that is divided between tasks is checked at its end', async () => {
    const lines = Array.from({ length: 1_000_000 }, (_, i) => `${i},"text ${i}"`).join('\n');
    expect(await rows(ctx.readCsv(file('large.csv', `id,text\n${lines}\n`)))).toBe(1_000_000);
    const path = file('large.csv', `id,text\n${lines}\n1,"x\n2,y\n`);
    expect(await rejected((await ctx.readCsv(path)).count())).toMatchObject(
      failedRunning('EXECUTION', `Cannot read ${path} as csv: it ends inside of a quoted value`),
    );
  });

  it.each([5_000, 30_000, 60_000, 99_000])('that is divided is checked in every part: line %d', async (line) => {
    await split.sql('SET datafusion.execution.target_partitions = 4');
    await split.sql('SET datafusion.optimizer.repartition_file_min_size = 1000');
    const lines = Array.from({ length: 100_000 }, (_, i) => (i === line ? `${i},"x` : `${i},x`));
    const text = `id,text\n${lines.join('\n')}\n`;
    const df = await split.readCsv(file('divided.csv', text));
    for (const query of [() => df.toArray(), () => df.count()]) {
      const error = await rejected(query());
      const said =
        /inside of a quoted value, which begins (?:at|near) byte (\d+)\. If values contain line breaks, set newline/;
      expect(error).toMatchObject(failedRunning('EXECUTION', said));
      const [, byte] = said.exec(error.message) ?? [];
      expect(Math.abs(Number(byte) - text.indexOf('"'))).toBeLessThan(10);
    }
    expect(await rows(split.readCsv(file('divided.csv', text.replace('"', ''))))).toBe(100_000);
  });
});

describe('Parquet', () => {
  it('names the file whose page is damaged', async () => {
    await (await numbers()).writeParquet(temp('page.parquet'), { compression: 'zstd', singleFileOutput: true });
    const bytes = readFileSync(temp('page.parquet'));
    bytes.fill(0xff, 20, 200);
    const path = file('page.parquet', bytes);
    expect(await rejected((await ctx.readParquet(path)).toArray())).toMatchObject(
      failedRunning('ARROW', `Cannot read ${path} as parquet: `),
    );
  });
});
