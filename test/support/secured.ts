import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { AuthOptions } from '../../src/cluster/authentication/auth-options.js';
import type { TlsOptions } from '../../src/config/credentials.js';
import { BallistaSessionContext, type SessionOptions } from '../../src/session/ballista-session-context.js';
import { ServerProcess } from './child.js';
import { freePorts } from './ports.js';

/** An entry of a token file. */
export interface TokenEntry {
  name: string;
  roles: string[];
  token: string;
}

/** One token for each role and for each combination that a test needs. The names are those of their owners. */
export const TOKENS = {
  reader: { name: 'reader', roles: ['read'], token: 'token-of-reader-1234' },
  ann: { name: 'ann', roles: ['read', 'write', 'run-code'], token: 'token-of-ann-1234567' },
  bob: { name: 'bob', roles: ['read', 'write', 'run-code'], token: 'token-of-bob-1234567' },
  writer: { name: 'writer', roles: ['read', 'write'], token: 'token-of-writer-1234' },
  coder: { name: 'coder', roles: ['read', 'run-code'], token: 'token-of-coder-12345' },
  onlyWrite: { name: 'onlyWrite', roles: ['write'], token: 'token-of-onlywrite-1' },
  member: { name: 'member', roles: ['executor'], token: 'token-of-member-1234' },
  admin: { name: 'admin', roles: ['admin'], token: 'token-of-admin-12345' },
} as const;

export interface SecuredOptions {
  executors?: number;
  tls?: { server: TlsOptions; client: TlsOptions };
  /** Accepted in addition to the token file. */
  jwks?: AuthOptions['jwks'];
  /** Standard error and environment of the processes. */
  log?: { file: string; level: string };
}

/** A cluster of processes that asks for tokens. */
export interface Secured {
  readonly url: string;
  readonly schedulerPort: number;
  readonly executors: readonly { port: number; grpcPort: number; workDir: string }[];
  readonly folder: string;
  readonly pids: readonly number[];
  /** A context with a token. */
  context(token: string | undefined, options?: SessionOptions): BallistaSessionContext;
  /** Replaces the token file. */
  setTokens(entries: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

export async function startSecured({ executors: count = 2, tls, jwks, log }: SecuredOptions = {}): Promise<Secured> {
  const folder = await mkdtemp(join(tmpdir(), 'ballista-secured-'));
  const tokensFile = join(folder, 'tokens.json');
  const setTokens = (tokens: readonly object[]) => writeFile(tokensFile, JSON.stringify({ tokens }));
  await setTokens(Object.values(TOKENS));
  const shared = {
    auth: { tokensFile, ...(jwks && { jwks }) },
    token: TOKENS.member.token,
    ...(tls && { tls: tls.server }),
  };
  const started: ServerProcess[] = [];
  const start = async (role: 'scheduler' | 'executor', options: object): Promise<ServerProcess> => {
    const file = join(folder, `${role}-${started.length}.json`);
    await writeFile(file, JSON.stringify({ ...shared, ...options }));
    const server = await ServerProcess.member(role, file, log);
    started.push(server);
    return server;
  };
  const schedulerPort = (await start('scheduler', { port: 0 })).port;
  const executors: { port: number; grpcPort: number; workDir: string }[] = [];
  for (let i = 0; i < count; i++) {
    const [port = 0, grpcPort = 0] = await freePorts(2);
    const workDir = join(folder, `work-${i}`);
    await start('executor', { schedulerPort, port, grpcPort, vcores: 2, udf: true, workDir });
    executors.push({ port, grpcPort, workDir });
  }
  const url = `df://127.0.0.1:${schedulerPort}`;
  const contexts: BallistaSessionContext[] = [];
  return {
    url,
    schedulerPort,
    executors,
    folder,
    pids: started.map((server) => server.pid),
    context: (token, options = {}) => {
      const own = { ...(token !== undefined && { token }), ...(tls && { tls: tls.client }) };
      const ctx = new BallistaSessionContext(url, { executorTimeoutMs: 10_000, ...own, ...options });
      contexts.push(ctx);
      return ctx;
    },
    setTokens,
    close: async () => {
      for (const ctx of contexts) await ctx.close();
      for (const server of started.reverse()) await server.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
