/** Plans that no client of this package sends: hidden, too deep, or with what does not belong into them. */

import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Field, Int64, Schema, Table, tableToIPC } from 'apache-arrow';
import { SessionContext, udf } from 'ballista';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exprPart, FIELD, inside, planPart, submit } from '../support/crafted.js';
import { tempFolder } from '../support/data.js';
import { GRPC } from '../support/grpc.js';
import { http2 } from '../support/http2.js';
import { protobuf } from '../support/protobuf.js';
import { type Secured, startSecured, TOKENS } from '../support/secured.js';

const HIDDEN = /parts of the query .*<ballista-error:PLAN:/u;
const DEEP = /<ballista-error:PLAN:/u;

const temp = tempFolder();
const local = SessionContext.local();
let cluster: Secured;
beforeAll(async () => {
  cluster = await startSecured();
});
afterAll(async () => {
  await local.close();
  await cluster.close();
});

/** The plan of a query or statement, taken from its EXPLAIN, because a statement would run. */
const planOf = async (query: string): Promise<Uint8Array> => {
  const [plan] = (await local.sql(`EXPLAIN ${query}`)).logicalPlan().inputs();
  return plan?.toBytes() ?? expect.fail(`no plan of ${query}`);
};
const send = (plan: Uint8Array, token: string = TOKENS.reader.token) => submit(cluster.schedulerPort, plan, { token });

async function goesOn(): Promise<void> {
  const ctx = cluster.context(TOKENS.reader.token);
  expect(await (await ctx.sql('SELECT 1 AS n')).toArray({ int64: 'number' })).toEqual([{ n: 1 }]);
  await ctx.close();
}

describe('a statement that writes', () => {
  it.each([
    ['in a part', 1, /role \\"write.*FORBIDDEN/u],
    ['in a part of a part', 2, HIDDEN],
    ['in a part of a part of a part', 3, HIDDEN],
  ])('needs the role write: %s', async (_, times, reason) => {
    const file = temp(`stolen-${times}.parquet`);
    let plan = await planOf(`COPY (SELECT 1 AS a) TO '${pathToFileURL(file)}' STORED AS PARQUET`);
    for (let i = 0; i < times; i++) plan = planPart(plan);
    expect((await send(plan)).error).toMatch(reason);
    expect(existsSync(file)).toBe(false);
  });
});

describe('a TypeScript UDF', () => {
  const twice = udf({ name: 'twice', args: ['Int64'], returns: 'Int64' }, (x) => (x ?? 0n) * 2n);
  const schema = tableToIPC(new Table(new Schema([new Field('part', new Int64(), true)])), 'stream');

  it.each([
    ['in a part', 1, /role \\"run-code.*FORBIDDEN/u],
    ['in a part of a part', 2, HIDDEN],
  ])('needs the role run-code: %s', async (_, times, reason) => {
    local.registerUdf(twice);
    const plan = await planOf('SELECT twice(column1) FROM (VALUES (1), (2)) AS t');
    const input = inside(plan, FIELD.projection, 1);
    let expr = inside(plan, FIELD.projection, 2);
    for (let i = 0; i < times; i++) expr = exprPart(expr, schema);
    const crafted = protobuf({ [FIELD.projection]: protobuf({ 1: input, 2: expr }) });
    expect((await send(crafted)).error).toMatch(reason);
  });
});

describe('a plan that is too deep', () => {
  const OPERANDS = 200_000;
  const schema = tableToIPC(new Table(new Schema([new Field('part', new Int64(), true)])), 'stream');

  /** A filter with a condition, and one of the conditions of which it consists. */
  async function filter(): Promise<{ operand: Buffer; where: (condition: Uint8Array) => Buffer }> {
    const plan = await planOf('SELECT * FROM (VALUES (1), (2)) AS t WHERE true AND false');
    const selection = inside(plan, FIELD.projection, 1);
    const input = inside(selection, FIELD.selection, 1);
    return {
      operand: inside(selection, FIELD.selection, 2, FIELD.binary, 1),
      where: (condition) => protobuf({ [FIELD.selection]: protobuf({ 1: input, 2: condition }) }),
    };
  }

  function chain(operand: Uint8Array, times: number): Buffer {
    const field = protobuf({ 1: operand });
    const operands = Buffer.alloc(field.length * times, field);
    return protobuf({ [FIELD.binary]: Buffer.concat([operands, protobuf({ 3: 'And' })]) });
  }

  it('because of a chain of conditions is refused', async () => {
    const { operand, where } = await filter();
    expect(await send(where(chain(operand, OPERANDS)))).toMatchObject({
      grpc: GRPC.invalidArgument,
      error: expect.stringMatching(DEEP),
    });
    await goesOn();
  });

  it('because of a chain that is sent in pieces is refused', async () => {
    const { operand, where } = await filter();
    const plan = where(chain(operand, 9000));
    // A decoder appends the operands of a second message to those of the first.
    const condition = chain(operand, 9000);
    const again = protobuf({ [FIELD.selection]: protobuf({ 2: condition }) });
    const pieces = Buffer.concat([plan, ...Array.from({ length: 20 }, () => again)]);
    expect(await send(pieces)).toMatchObject({ grpc: GRPC.invalidArgument, error: expect.stringMatching(DEEP) });
    await goesOn();
  });

  it('because of a chain in a part is refused', async () => {
    const { operand, where } = await filter();
    for (const plan of [where(exprPart(chain(operand, OPERANDS), schema)), planPart(where(chain(operand, OPERANDS)))])
      expect(await send(plan)).toMatchObject({ grpc: GRPC.invalidArgument, error: expect.stringMatching(DEEP) });
    await goesOn();
  });

  it('because of parts in parts is refused', async () => {
    const { operand, where } = await filter();
    let [plan, expr]: Uint8Array[] = [where(operand), operand];
    for (let i = 0; i < 3000; i++) [plan, expr] = [planPart(plan as Uint8Array), exprPart(expr as Uint8Array, schema)];
    for (const crafted of [plan as Uint8Array, where(expr as Uint8Array)])
      expect(await send(crafted)).toMatchObject({ grpc: GRPC.invalidArgument, error: expect.stringMatching(DEEP) });
    await goesOn();
  });
});

it('a plan with the rows of an in-memory table is refused', async () => {
  const rows = await local.fromColumns({ a: [1, 2, 3] });
  expect((await send(rows.logicalPlan().toBytes())).error).toContain('the rows of an in-memory table');
});

it.each(['ExecuteQuery', 'ExecuteQueryPush', 'CreateUpdateSession', 'RemoveSession'])(
  '%s: the id of a session has a limit',
  async (method) => {
    const field = { ExecuteQuery: 3, ExecuteQueryPush: 3, CreateUpdateSession: 2, RemoveSession: 1 }[method] ?? 0;
    const ask = (id: string) =>
      http2({
        port: cluster.schedulerPort,
        path: `/ballista.protobuf.SchedulerGrpc/${method}`,
        token: TOKENS.reader.token,
        message: protobuf({ [field]: id }),
      });
    const { grpc, message } = await ask('x'.repeat(201));
    expect([grpc, message]).toEqual([GRPC.invalidArgument, 'The id of a session has at most 200 bytes.']);
    expect((await ask(crypto.randomUUID())).message).not.toContain('The id of a session');
  },
);
