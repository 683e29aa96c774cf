import { setTimeout } from 'node:timers/promises';
import { BallistaScheduler } from 'ballista';

import { http2 } from './http2.js';
import { protobuf, readProtobuf } from './protobuf.js';

const SCHEDULER = '/ballista.protobuf.SchedulerGrpc/';

/** The fields of messages of logical plans and expressions. */
export const FIELD = { projection: 3, selection: 4, extension: 17, binary: 4, call: 20 } as const;

/** A plan as a node without inputs, in the way in which clients send parts of deep plans. */
export function planPart(plan: Uint8Array): Buffer {
  const node = Buffer.concat([Buffer.from('ballista-plan\x01'), plan]);
  return protobuf({ [FIELD.extension]: protobuf({ 1: node }) });
}

/** An expression as a function without arguments, in the same way. `schema` is an IPC stream with its column. */
export function exprPart(expr: Uint8Array, schema: Uint8Array): Buffer {
  const packed = protobuf({ 1: expr, 2: 'part', 3: schema });
  const definition = Buffer.concat([Buffer.from('ballista-part\x01'), packed]);
  return protobuf({ [FIELD.call]: protobuf({ 1: 'ballista_part', 3: definition }) });
}

/** The bytes of a message inside of a message. */
export function inside(message: Uint8Array, ...path: readonly number[]): Buffer {
  let bytes: Buffer = Buffer.from(message);
  for (const field of path) {
    const next = readProtobuf(bytes).get(field);
    if (!Buffer.isBuffer(next)) throw new Error(`the message has no field ${path.join('.')}`);
    bytes = next;
  }
  return bytes;
}

/** How a query ended that no client of this package sends. */
export interface Outcome {
  /** The status of the request. */
  grpc: number | undefined;
  /** Why the request or the job failed, or an empty string. */
  error: string;
}

/** The headers and the path of a request that submits a query. */
export const SUBMIT = {
  path: `${SCHEDULER}ExecuteQuery`,
  push: `${SCHEDULER}ExecuteQueryPush`,
  headers: { 'ballista-version': BallistaScheduler.version },
} as const;

/** The message of a request that submits a query. */
export function query(plan: Uint8Array, session: string, settings: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(settings).map(([key, value]) => protobuf({ 4: protobuf({ 1: key, 2: value }) }));
  return Buffer.concat([protobuf({ 1: plan, 3: session, 5: crypto.randomUUID() }), ...pairs]);
}

/** The number of the field that tells a job's status. */
export const STATUS = { queued: 1, running: 2, failed: 3, successful: 4 } as const;

/** The status of a job: the fields that the scheduler answers. */
export async function statusOf(port: number, job: string, token?: string): Promise<Map<number, Buffer | number>> {
  const path = `${SCHEDULER}GetJobStatus`;
  const { body } = await http2({ port, path, message: protobuf({ 1: job }), ...(token !== undefined && { token }) });
  return readProtobuf(inside(body.subarray(5), 1));
}

/** Sends the message of a plan to a scheduler, and waits for the end of its job. */
export async function submit(
  port: number,
  plan: Uint8Array,
  { token, session = crypto.randomUUID() as string }: { token?: string; session?: string } = {},
): Promise<Outcome> {
  // Without this setting, the scheduler takes the client for another one, and does not run the query as a whole.
  const own = { 'cluster.session': JSON.stringify({ 'cluster.whole_query': 'always' }) };
  const message = query(plan, session, { ...own, 'cluster.whole_query': 'always' });
  const { path, headers } = SUBMIT;
  const sent = { port, path, message, headers, limitMs: 60_000, ...(token !== undefined && { token }) };
  const { grpc, message: error, body } = await http2(sent);
  if (grpc !== 0) return { grpc, error };
  const answer = readProtobuf(body.subarray(5));
  const begun = answer.get(1);
  if (!Buffer.isBuffer(begun)) return { grpc, error: String(answer.get(2)) };
  const job = inside(begun, 1).toString();
  for (;;) {
    const status = await statusOf(port, job, token);
    const failed = status.get(STATUS.failed);
    if (Buffer.isBuffer(failed)) return { grpc, error: inside(failed, 1).toString() };
    if (status.get(STATUS.successful) !== undefined) return { grpc, error: '' };
    await setTimeout(50);
  }
}
