/**
 * Engine configuration and addresses, as people write them.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../params.js';
import type { ConfigKey } from './generated/keys.js';
import { SCHEDULER_PORT } from './options.js';
import { SessionConfig } from './session-config.js';

/** The value of a configuration key. */
export type ConfigValue = string | number | bigint | boolean;

/**
 * Engine configuration by key, such as `'datafusion.execution.target_partitions'`: every `datafusion.*` and `ballista.*`
 * key, which editors offer. Values are the engine's text; numbers and booleans are turned into it.
 */
export type ClusterConfig = { readonly [K in ConfigKey]?: ConfigValue } & { readonly [key: string]: ConfigValue };

/**
 * The values as text; keys and values are the engine's to check.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toConfigNative(config: SessionConfig | ClusterConfig | undefined): Record<string, string> {
  return new SessionConfig(config).toRecord();
}

/** Where a scheduler is. */
interface SchedulerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `df://host:port` (or `http://`); the port is 50050 unless given. An IPv6 address stands in brackets.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function parseAddress(address: string): SchedulerAddress {
  if (typeof address !== 'string')
    throw invalid(`the address must be a string such as "df://localhost:50050", not ${describe(address)}`);
  const wrong = (why: string): Error => invalid(`"${address}" is no scheduler address (${why}); write df://host:port`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  if (scheme !== 'df' && scheme !== 'http')
    throw wrong(scheme === undefined ? 'it has no df://' : `the scheme ${scheme}:// is not supported`);
  let url: URL;
  try {
    // As df:// always: of http:// URL drops port 80, which is not our default.
    url = new URL(`df://${address.slice(scheme.length + 3)}`);
  } catch {
    throw wrong('it does not parse');
  }
  if (url.hostname === '') throw wrong('it has no host');
  if (url.username !== '' || url.password !== '') throw wrong('user and password are not supported');
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw wrong('nothing may follow the port');
  if (url.port === '0') throw wrong('port 0 cannot be connected to');
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? SCHEDULER_PORT : Number(url.port) };
}
