/**
 * Parses the address of a scheduler.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { withoutBrackets } from './loopback.js';
import { SCHEDULER_PORT } from './setting-tables.js';

/** The host and port of a scheduler. */
interface SchedulerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Parses `df://host:port` (or `http://`). The default port is 50050. An IPv6 address must be in brackets.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function parseAddress(address: string): SchedulerAddress {
  if (typeof address !== 'string')
    throw invalid(`The address must be a string such as "df://localhost:50050", not ${describe(address)}.`);
  // What stands before an @ may be a password.
  const shown = address.includes('@') ? 'This' : `"${address}"`;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  const tls = scheme === 'https' ? ', and for TLS set the option tls (--tls)' : '';
  const wrong = (why: string): Error =>
    invalid(`${shown} is not a scheduler address (${why}). Write df://host:port${tls}.`);
  if (scheme !== 'df' && scheme !== 'http')
    throw wrong(scheme === undefined ? 'it does not start with df://' : `the scheme ${scheme}:// is not supported`);
  let url: URL;
  try {
    // Parsed as df:// in both cases: for http://, URL drops port 80, which is not our default.
    url = new URL(`df://${address.slice(scheme.length + 3)}`);
  } catch {
    throw wrong('it is not a valid URL');
  }
  if (url.hostname === '') throw wrong('it has no host');
  if (url.username !== '' || url.password !== '') throw wrong('a user or a password is not supported');
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    throw wrong('nothing is allowed after the port');
  if (url.port === '0') throw wrong('clients cannot connect to port 0');
  return { host: withoutBrackets(url.hostname), port: url.port === '' ? SCHEDULER_PORT : Number(url.port) };
}
