import { beforeAll, expect, test } from 'vitest';
import { type Row, readChecklist } from '../../scripts/parity/checklist.mjs';
import { readDecisions } from '../../scripts/parity/decisions.mjs';
import { count, readStatus, type Status } from '../../scripts/parity/status.mjs';
import { readSurface, type Surface } from '../../scripts/parity/surface.mjs';

let surface: Surface;
let statuses: Status[];
let problems: string[];

beforeAll(async () => {
  surface = await readSurface();
  ({ statuses, problems } = await readStatus());
});

/** The rows with the given priority. */
function of(priority: Row['priority']) {
  return statuses.filter(({ row }) => row.priority === priority);
}

test('every name is in the built package or has an explanation, and all explanations are right and needed', () => {
  expect(problems).toEqual([]);
  expect(statuses).toHaveLength(1053);
  expect(new Set(statuses.map(({ row }) => row.id)).size).toBe(1053);
});

test('the package has all core and common names', () => {
  const { rows: core, missing: ofCore } = count(of('core'));
  const { rows: common, missing: ofCommon } = count(of('common'));
  expect({ core, ofCore, common, ofCommon }).toEqual({ core: 98, ofCore: 0, common: 306, ofCommon: 0 });
});

test('the package has 95 % of the rare names', () => {
  const { rows, missing } = count(of('rare'));
  expect(rows).toBe(516);
  expect((rows - missing) / rows).toBeGreaterThanOrEqual(0.95);
});

test('every Python-only name has a replacement', () => {
  const only = of('python-only');
  expect(only).toHaveLength(133);
  expect(only.filter(({ state, text }) => state !== 'python-only' || !text)).toEqual([]);
});

test('every function can be imported separately', () => {
  const modules = new Map([
    ['functions', 'ballista/functions'],
    ['spark', 'ballista/spark'],
  ]);
  const references = statuses.flatMap(({ reference = '' }) => {
    const [namespace = '', name] = reference.split('.');
    const module = modules.get(namespace);
    return module ? [`${module}:${name}`] : [];
  });
  expect(references.length).toBeGreaterThan(330);
  expect(references.filter((reference) => !surface.has(reference))).toEqual([]);
});

test('references are looked up by kind', () => {
  const present = [
    'DataFrame',
    'ReadOptions',
    'DataFrame#filter',
    'DataFrame#writeParquet',
    'SessionContext#sessionId',
    'SessionContext.local',
    'functions.abs',
    'spark.abs',
    'substrait.serialize',
    'CsvReadOptions#hasHeader',
    "SqlDialect='mysql'",
    "ExplainOptions#format='tree'",
    'new AmazonS3({ bucketName })',
    'ballista/functions:abs',
    'apache-arrow:RecordBatch',
    'apache-arrow:Schema#names',
  ];
  const absent = [
    'Dataframe',
    'DataFrame#filtered',
    // Static members are not instance members, and vice versa.
    'DataFrame.filter',
    'SessionContext#local',
    'functions#abs',
    // Members of every object or every function do not count.
    'SqlOptions#hasOwnProperty',
    'DataFrame.call',
    'functions.abss',
    "SqlDialect='oracle'",
    "ExplainOptions#format='dot'",
    "ExplainOptions#verbose='true'",
    'new AmazonS3({ bucket })',
    'new SqlOptions({ allowDdl })',
    'ballista/spark:arrayAgg',
    'apache-arrow:Frame',
  ];
  expect(present.filter((reference) => !surface.has(reference))).toEqual([]);
  expect(absent.filter((reference) => surface.has(reference))).toEqual([]);
  expect(() => surface.has('not a reference')).toThrow('not a reference to the package');
  expect(() => surface.has('lodash:map')).toThrow('not a reference to the package');
});

test('reports decisions without a row, and second decisions about a row', () => {
  const rows = readChecklist();
  expect(readDecisions(rows).problems).toEqual([]);
  const without = rows.filter(({ id }) => id !== 'datafusion.functions.in_list');
  expect(readDecisions(without).problems).toEqual([
    'datafusion.functions.in_list: there is a decision (elsewhere), but no row of this name',
  ]);
});
