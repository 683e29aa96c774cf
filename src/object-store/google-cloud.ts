/**
 * Google Cloud Storage.
 *
 * @module
 */

import { toLocalPath } from '../input/local-path.js';
import { ObjectStore, type StoreSettings } from './store.js';

/** Options of {@link GoogleCloud}. From `object_store`'s `GoogleCloudStorageBuilder`. */
export interface GoogleCloudOptions {
  /** The name of the bucket. */
  bucketName: string;
  /**
   * The key file of a service account. Every process must see it at this path. Default: the file of
   * `GOOGLE_SERVICE_ACCOUNT` or `GOOGLE_APPLICATION_CREDENTIALS`.
   */
  serviceAccountPath?: string | URL;
  /**
   * Whether credentials may be requested from the metadata address of the cloud's machines. Without it, and without other
   * credentials, requests are anonymous. Default `false`.
   */
  instanceMetadata?: boolean;
}

/** The settings table of {@link GoogleCloudOptions}. */
export const GOOGLE_CLOUD_SETTINGS = {
  bucketName: { type: 'string', required: true, doc: 'The name of the bucket.' },
  serviceAccountPath: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: 'the file of `GOOGLE_SERVICE_ACCOUNT` or `GOOGLE_APPLICATION_CREDENTIALS`',
    doc: 'The key file of a service account. Every process must see it at this path.',
  },
  instanceMetadata: {
    type: 'boolean',
    defaultText: '`false`',
    doc: "Whether credentials may be requested from the metadata address of the cloud's machines. Without it, and without other credentials, requests are anonymous.",
  },
} as const satisfies StoreSettings;

/**
 * A bucket of Google Cloud Storage.
 *
 * @example
 * ```ts
 * import { GoogleCloud } from 'ballista';
 *
 * const store = new GoogleCloud({ bucketName: 'flights' });
 * console.log(String(store)); // GoogleCloud { bucketName: "flights" }
 * ```
 */
export class GoogleCloud extends ObjectStore {
  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: GoogleCloudOptions) {
    super({ name: 'GoogleCloud', type: 'gcs', settings: GOOGLE_CLOUD_SETTINGS }, options, (checked) => {
      const { serviceAccountPath } = checked as Partial<GoogleCloudOptions>;
      if (serviceAccountPath === undefined) return checked;
      return {
        ...checked,
        serviceAccountPath: toLocalPath(serviceAccountPath, 'GoogleCloud: serviceAccountPath'),
      };
    });
  }
}
