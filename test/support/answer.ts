import { createInterface } from 'node:readline';
import { BallistaError } from 'ballista';

import type { Answer, RemoteError } from './remote.js';

/** The argument of this program, which `Remote.start` passes. */
export function argument<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** Answers requests of the process that started this one until that process ends or closes it. */
export async function answer<R extends object>(
  ready: unknown,
  handle: (request: R) => Promise<unknown>,
  close: () => Promise<unknown>,
): Promise<void> {
  const say = (id: number, result: Answer<unknown>) => process.stdout.write(`${JSON.stringify({ id, ...result })}\n`);
  say(0, { value: ready });
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, ...request } = JSON.parse(line) as R & { id: number };
    handle(request as unknown as R).then(
      (value) => say(id, { value: value ?? null }),
      (error: unknown) => say(id, { error: described(error) }),
    );
  }
  await close();
}

export function described(error: unknown): RemoteError {
  const name = error instanceof Error ? error.name : typeof error;
  const message = error instanceof Error ? error.message : String(error);
  return BallistaError.is(error) ? { name, code: error.code, message } : { name, message };
}
