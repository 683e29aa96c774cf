/**
 * Google Cloud Storage.
 *
 * @module
 */

import { toLocalPath } from '../input/local-path.js';
import { ObjectStore, type StoreSettings } from './store.js';

/** Options of {@link GoogleCloud}. From `object_store`'s `GoogleCloudStorageBuilder`. */
export interface GoogleCloudOptions {
  /** The bucket. */
  bucketName: string;
  /**
   * The key file of a service account. Every process must see it at this path. Default: the file of
   * `GOOGLE_SERVICE_ACCOUNT`, otherwise the account of the machine.
   */
  serviceAccountPath?: string | URL;
}

const SETTINGS = {
  bucketName: { type: 'string', required: true, doc: 'The bucket.' },
  serviceAccountPath: { type: 'any', doc: 'The file with the key of a service account.' },
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
    super({ name: 'GoogleCloud', type: 'gcs', settings: SETTINGS }, options, (checked) => {
      const { serviceAccountPath } = checked as Partial<GoogleCloudOptions>;
      if (serviceAccountPath === undefined) return checked;
      return {
        ...checked,
        serviceAccountPath: toLocalPath(serviceAccountPath, 'GoogleCloud: serviceAccountPath'),
      };
    });
  }
}
