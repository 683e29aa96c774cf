/**
 * Checks the URLs of object stores: the URL to register a store under, and the address of its service.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';

/**
 * Checks the URL to register a store under: `scheme://host`. The engine looks up stores by these parts only.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toStoreUrl(url: string | URL): string {
  const parsed = parse(url, 'the URL of an object store');
  // These errors must not contain the URL, because it may hold a password.
  const wrong = (why: string): Error => invalid(`The URL of an object store must be scheme://host. ${why}.`);
  if (parsed.password !== '') throw wrong('Pass credentials as options of the store');
  if (!['', '/'].includes(parsed.pathname) || parsed.search !== '' || parsed.hash !== '')
    throw wrong(`Nothing is allowed after ${parsed.protocol}//${parsed.host}`);
  if (parsed.host === '' && parsed.protocol !== 'file:')
    throw wrong(`${parsed.protocol}// needs a host, such as the name of the bucket`);
  return `${parsed.protocol}//${parsed.host}`;
}

/**
 * Checks the address of a store's service, and removes a slash at the end.
 *
 * Credentials in it are rejected, because they would appear in errors of the engine.
 *
 * @param where - the name of the option, for the error
 * @throws BallistaError `INVALID_ARGUMENT`, also for http:// if it is not allowed
 */
export function toEndpoint(url: string | URL, where: string, allowHttp: boolean | undefined): string {
  const parsed = parse(url, where);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw invalid(`${where} must start with https:// or http://, not ${parsed.protocol}.`);
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '')
    throw invalid(`${where} must be an address without user, password, query and fragment.`);
  if (parsed.protocol === 'http:' && allowHttp !== true)
    throw invalid(
      `${where} uses http://, so credentials and data are sent unencrypted. To permit this, set allowHttp: true.`,
    );
  return parsed.href.replace(/\/$/, '');
}

function parse(url: string | URL, where: string): URL {
  if (url instanceof URL) return url;
  if (typeof url !== 'string' || url === '')
    throw invalid(`${where} must be a URL, not ${url === '' ? 'an empty string' : describe(url)}.`);
  try {
    return new URL(url);
  } catch {
    // Without the cause, because it quotes the text.
    throw invalid(`${where} is not a valid URL.`);
  }
}
