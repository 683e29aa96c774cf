/**
 * The options that say where queries run: on a cluster, or in this process.
 *
 * @module
 */

import { group, object } from '@optique/core/constructs';
import { envVar, type Message, message, optionNames } from '@optique/core/message';
import { multiple, optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { flag, option } from '@optique/core/primitives';
import { string } from '@optique/core/valueparser';
import { path } from '@optique/run/valueparser';
import type { BallistaSessionContext, SessionContext } from 'ballista';

import { UsageError, withArguments } from '../base/command.js';

const serverOptions = {
  tokenFile: optional(
    option('--token-file', path({ metavar: 'FILE' }), {
      description: message`The file with the token for the cluster. Default: ${envVar('BALLISTA_TOKEN_FILE')}.`,
    }),
  ),
  tls: withDefault(
    flag('--tls', { description: message`Encrypt connections, and trust the authorities that the system trusts.` }),
    false,
  ),
  tlsCa: optional(
    option('--tls-ca', path({ metavar: 'FILE' }), {
      description: message`Encrypt connections, and trust the authorities of this file.`,
    }),
  ),
  tlsCert: optional(
    option('--tls-cert', path({ metavar: 'FILE' }), {
      description: message`The certificate of this client. Needs ${optionNames(['--tls-key'])}.`,
    }),
  ),
  tlsKey: optional(
    option('--tls-key', path({ metavar: 'FILE' }), { description: message`The private key of the certificate.` }),
  ),
};

/** The options of commands that run queries, as a parser. */
export const connectionOptions = group(
  'Connection',
  object({
    connect: connectOption(
      message`Run queries on the cluster of this scheduler, df://host:port. Default: ${envVar('BALLISTA_URL')}; without both, queries run in this process.`,
    ),
    ...serverOptions,
    config: multiple(
      option('--config', string({ metavar: 'KEY=VALUE' }), {
        description: message`An engine setting, such as datafusion.execution.target_partitions=4. Can be repeated.`,
      }),
    ),
  }),
);

/** The options of commands that ask a scheduler, as a parser. */
export const clusterOptions = group(
  'Connection',
  object({
    connect: connectOption(message`The scheduler, df://host:port. Default: ${envVar('BALLISTA_URL')}.`),
    ...serverOptions,
  }),
);

function connectOption(description: Message) {
  return optional(option('--connect', string({ metavar: 'URL' }), { description }));
}

/** What {@link connectionOptions} parses. */
export type ConnectionOptions = InferValue<typeof connectionOptions>;

/** What {@link clusterOptions} parses. */
export type ClusterOptions = InferValue<typeof clusterOptions>;

/** The scheduler that the options or the environment name; undefined: this process. */
export function schedulerUrl({ connect }: Pick<ConnectionOptions, 'connect'>): string | undefined {
  return connect ?? (process.env['BALLISTA_URL'] || undefined);
}

/**
 * Opens a session on the cluster, or in this process.
 *
 * @throws UsageError
 */
export async function openSession(options: ConnectionOptions): Promise<SessionContext> {
  const url = schedulerUrl(options);
  if (url !== undefined) return connect(options, url, toConfig(options.config));
  const given = CLUSTER_ONLY.filter((name) => options[name]);
  if (given.length > 0)
    throw new UsageError(`${given.map(flagOf).join(', ')}: there is no cluster. Name its scheduler with --connect.`);
  const { SessionContext } = await import('ballista');
  return withArguments(() => SessionContext.local({ config: toConfig(options.config) }));
}

/**
 * Opens a session on the cluster, and checks that its scheduler answers.
 *
 * @throws UsageError
 * @throws BallistaError as `ready`
 */
export async function openCluster(options: ClusterOptions, signal: AbortSignal): Promise<BallistaSessionContext> {
  const url = schedulerUrl(options);
  if (url === undefined)
    throw new UsageError('Name the scheduler with --connect df://host:port, or with the variable BALLISTA_URL.');
  const context = await connect(options, url);
  try {
    return await context.ready({ signal });
  } catch (failure) {
    await context.close();
    throw failure;
  }
}

async function connect(
  options: ClusterOptions,
  url: string,
  clusterConfig: Record<string, string> = {},
): Promise<BallistaSessionContext> {
  const { BallistaSessionContext } = await import('ballista');
  const { tlsCa: ca, tlsCert: cert, tlsKey: key } = options;
  const tokenFile = options.tokenFile ?? (process.env['BALLISTA_TOKEN_FILE'] || undefined);
  const secure = options.tls || [ca, cert, key].some((file) => file !== undefined);
  const credentials = {
    ...(tokenFile !== undefined && { token: { file: tokenFile } }),
    ...(secure && {
      tls: { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) },
    }),
  };
  return withArguments(() => new BallistaSessionContext(url, { clusterConfig, ...credentials }));
}

const CLUSTER_ONLY = ['tokenFile', 'tls', 'tlsCa', 'tlsCert', 'tlsKey'] as const;

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Settings from `key=value`. The engine checks them. */
function toConfig(settings: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    settings.map((setting) => {
      const at = setting.indexOf('=');
      if (at < 1) throw new UsageError(`--config ${setting}: write KEY=VALUE.`);
      return [setting.slice(0, at), setting.slice(at + 1)];
    }),
  );
}
