/**
 * Messy CSV: semicolons, comments, several spellings of "no value", decimal commas, dates in two formats, short and long lines. Reads
 * all columns as text, converts what can be converted, and reports the rest.
 *
 *     node scripts/run.mjs examples/messy-csv.ts [folder]
 */

import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BallistaSessionContext, col, f, when } from 'ballista';

const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'messy-')));
const file = join(folder, 'readings.csv');
await writeFile(
  file,
  `\
# exported by station 7
Station; Day;Value;Remark
north;2026-01-31;1,5;"windy; cold"
north;01.02.2026;n/a;-
SOUTH ;2026-02-01;2,25;"a ""quoted"" word"
south;yesterday;3,0
west;2026-02-03;12a;
west;2026-02-04;4,5;;7
`,
);

await using ctx = await BallistaSessionContext.standalone({ convert: { int64: 'number', date: 'string' } });

const texts = await ctx.readCsv(file, {
  delimiter: ';',
  comment: '#',
  nullRegex: '^(n/a|-|)$',
  truncatedRows: true, // the missing values of short lines are null
  onBadRow: 'skip', // leaves out lines with too many values
  schema: { station: 'Utf8', day: 'Utf8', value: 'Utf8', remark: 'Utf8' },
});
const lines = (await readFile(file, 'utf8')).trimEnd().split('\n').length - 2;
console.log(`${await texts.count()} of ${lines} lines have the right number of values.`);

// `tryCast` returns null for text that it cannot convert.
const german = f.regexpReplace(col('day'), '^(\\d+)\\.(\\d+)\\.(\\d+)$', '\\3-\\2-\\1');
const readings = texts.select(
  f.lower(f.btrim(col('station'))).alias('station'),
  german.tryCast('Date32').alias('day'),
  f.replace(col('value'), ',', '.').tryCast('Decimal128(6, 2)').alias('value'),
  'remark',
  col('day').alias('day_text'),
  col('value').alias('value_text'),
);
await readings.drop('day_text', 'value_text').show();

// A value is lost if there was text, but it could not be converted.
const problem = when('day IS NULL AND day_text IS NOT NULL', f.concat('day ', col('day_text')))
  .when('value IS NULL AND value_text IS NOT NULL', f.concat('value ', col('value_text')))
  .end();
console.log(await readings.select('station', problem.alias('problem')).filter('problem IS NOT NULL').toArray());
