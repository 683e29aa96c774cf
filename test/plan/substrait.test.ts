import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import '../../src/engine/native-plan.js';
import { SubstraitPlan, substrait } from '../../src/index.js';
import { tempFolder } from '../support/data.js';
import { rejected } from '../support/rejected.js';
import { thrown } from '../support/thrown.js';

const temp = tempFolder();
const JSON_TEXT = '{"version":{"minorNumber":50,"producer":"test"}}';

describe('SubstraitPlan', () => {
  it('converts JSON to bytes and back', async () => {
    const plan = SubstraitPlan.fromJson(JSON_TEXT);
    const again = substrait.deserializeBytes(plan.encode());
    expect(JSON.parse(again.toJson())).toMatchObject({ version: { minorNumber: 50, producer: 'test' } });
    expect(again.encode()).toEqual(plan.encode());
    writeFileSync(temp('plan'), plan.encode());
    expect((await substrait.deserialize(temp('plan'))).encode()).toEqual(plan.encode());
  });

  it('does not expose its own bytes', () => {
    const plan = SubstraitPlan.fromJson(JSON_TEXT);
    const given = plan.encode();
    const read = substrait.deserializeBytes(given);
    given.fill(0);
    plan.encode().fill(0);
    expect(read.toJson()).toBe(plan.toJson());
  });

  it.each(['', '{', '[]', '{"version": 1}', null, undefined, {}])('rejects the JSON %j', (json) => {
    expect(thrown(() => SubstraitPlan.fromJson(json as string)).code).toBe('INVALID_ARGUMENT');
  });

  it.each([new Uint8Array(), Uint8Array.of(255, 255, 255), 'text', [1], null])('rejects the bytes %j', (bytes) => {
    expect(thrown(() => substrait.deserializeBytes(bytes as Uint8Array)).code).toBe('INVALID_ARGUMENT');
  });

  it('names the file that it cannot read', async () => {
    const error = await rejected(substrait.deserialize(temp('none')));
    expect(error.code).toBe('IO');
    expect(error.message).toContain(temp('none'));
    expect((await rejected(substrait.deserialize(1 as never))).code).toBe('INVALID_ARGUMENT');
  });
});

it.each([
  ['serialize', () => substrait.serialize('select 1', {} as never, temp('a'))],
  ['serialize', () => substrait.serialize('select 1', {} as never, '')],
  ['serializeToPlan', () => substrait.serializeToPlan('select 1', undefined as never)],
  ['serializeBytes', () => substrait.serializeBytes('select 1', null as never)],
  ['toSubstraitPlan', () => substrait.toSubstraitPlan({} as never, {} as never)],
  ['fromSubstraitPlan', () => substrait.fromSubstraitPlan({} as never, {} as never)],
] as const)('%s rejects invalid arguments', async (_, run) => {
  expect((await rejected(run())).code).toBe('INVALID_ARGUMENT');
});
