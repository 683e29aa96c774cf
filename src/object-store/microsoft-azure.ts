/**
 * Azure Blob Storage.
 *
 * @module
 */

import { invalid } from '../errors.js';
import { describe } from '../input/describe.js';
import { ObjectStore, type StoreSettings } from './store.js';
import { toEndpoint } from './url.js';

/** Options of {@link MicrosoftAzure}. From `object_store`'s `MicrosoftAzureBuilder`. */
export interface MicrosoftAzureOptions {
  /** The name of the container. */
  containerName: string;
  /** The name of the storage account. Default: `AZURE_STORAGE_ACCOUNT_NAME`. */
  account?: string;
  /** A key of the account. Default: `AZURE_STORAGE_ACCOUNT_KEY`. */
  accessKey?: string;
  /** A token of Microsoft Entra ID. */
  bearerToken?: string;
  /** The id of a service principal. It needs `clientSecret` and `tenantId`. Default: `AZURE_STORAGE_CLIENT_ID`. */
  clientId?: string;
  /** The secret of the service principal. Default: `AZURE_STORAGE_CLIENT_SECRET`. */
  clientSecret?: string;
  /** The id of the tenant of the service principal. Default: `AZURE_STORAGE_TENANT_ID`. */
  tenantId?: string;
  /** A shared access signature as pairs: `[...new URLSearchParams(signature)]`. */
  sasQueryPairs?: readonly (readonly [name: string, value: string])[];
  /** The address of the service, if not Azure's public one. Default: `https://<account>.blob.core.windows.net`. */
  endpoint?: string | URL;
  /** Whether to use the storage emulator of this machine, at `AZURITE_BLOB_STORAGE_URL` or port 10000. Default `false`. */
  useEmulator?: boolean;
  /** Whether `endpoint` may be `http://`. Default `false`. */
  allowHttp?: boolean;
  /** Whether to use a container of Microsoft Fabric. Default `false`. */
  useFabricEndpoint?: boolean;
  /**
   * Whether credentials may be requested from the metadata address of the cloud's machines. Without it, and without other
   * credentials, requests are anonymous. Default `false`.
   */
  instanceMetadata?: boolean;
}

/** The settings table of {@link MicrosoftAzureOptions}. */
export const AZURE_SETTINGS = {
  containerName: { type: 'string', required: true, doc: 'The name of the container.' },
  account: { type: 'string', defaultText: '`AZURE_STORAGE_ACCOUNT_NAME`', doc: 'The name of the storage account.' },
  accessKey: { type: 'string', secret: true, defaultText: '`AZURE_STORAGE_ACCOUNT_KEY`', doc: 'A key of the account.' },
  bearerToken: { type: 'string', secret: true, defaultText: 'none', doc: 'A token of Microsoft Entra ID.' },
  clientId: {
    type: 'string',
    defaultText: '`AZURE_STORAGE_CLIENT_ID`',
    doc: 'The id of a service principal. It needs `clientSecret` and `tenantId`.',
  },
  clientSecret: {
    type: 'string',
    secret: true,
    defaultText: '`AZURE_STORAGE_CLIENT_SECRET`',
    doc: 'The secret of the service principal.',
  },
  tenantId: {
    type: 'string',
    defaultText: '`AZURE_STORAGE_TENANT_ID`',
    doc: 'The id of the tenant of the service principal.',
  },
  sasQueryPairs: {
    type: 'any',
    secret: true,
    typeText: 'readonly [name: string, value: string][]',
    defaultText: 'none',
    doc: 'A shared access signature as pairs: `[...new URLSearchParams(signature)]`.',
  },
  endpoint: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: '`https://<account>.blob.core.windows.net`',
    doc: "The address of the service, if not Azure's public one.",
  },
  useEmulator: {
    type: 'boolean',
    defaultText: '`false`',
    doc: 'Whether to use the storage emulator of this machine, at `AZURITE_BLOB_STORAGE_URL` or port 10000.',
  },
  allowHttp: { type: 'boolean', defaultText: '`false`', doc: 'Whether `endpoint` may be `http://`.' },
  useFabricEndpoint: {
    type: 'boolean',
    defaultText: '`false`',
    doc: 'Whether to use a container of Microsoft Fabric.',
  },
  instanceMetadata: {
    type: 'boolean',
    defaultText: '`false`',
    doc: "Whether credentials may be requested from the metadata address of the cloud's machines. Without it, and without other credentials, requests are anonymous.",
  },
} as const satisfies StoreSettings;

/**
 * A container of Azure Blob Storage. Each process that reads from it (this one, the scheduler, every executor) takes defaults
 * from its own environment.
 *
 * @example
 * ```ts
 * import { MicrosoftAzure } from 'ballista';
 *
 * const signature = 'sv=2026-02-06&sp=r&sig=x';
 * const store = new MicrosoftAzure({
 *   containerName: 'flights',
 *   account: 'me',
 *   sasQueryPairs: [...new URLSearchParams(signature)],
 * });
 * console.log(String(store)); // MicrosoftAzure { containerName: "flights", account: "me", sasQueryPairs: (hidden) }
 * ```
 */
export class MicrosoftAzure extends ObjectStore {
  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: MicrosoftAzureOptions) {
    super({ name: 'MicrosoftAzure', type: 'azure', settings: AZURE_SETTINGS }, options, (checked) => {
      const { endpoint, allowHttp, sasQueryPairs } = checked as Partial<MicrosoftAzureOptions>;
      return {
        ...checked,
        ...(endpoint !== undefined && { endpoint: toEndpoint(endpoint, 'MicrosoftAzure: endpoint', allowHttp) }),
        ...(sasQueryPairs !== undefined && { sasQueryPairs: toPairs(sasQueryPairs) }),
      };
    });
  }
}

function toPairs(pairs: readonly (readonly [string, string])[]): [string, string][] {
  if (!Array.isArray(pairs))
    throw invalid(`MicrosoftAzure: sasQueryPairs must be an array of [name, value] pairs, not ${describe(pairs)}.`);
  return pairs.map((pair: readonly [string, string], i) => {
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((part) => typeof part !== 'string'))
      throw invalid(`MicrosoftAzure: sasQueryPairs[${i}] must be [name, value], both strings.`);
    return [pair[0], pair[1]];
  });
}
