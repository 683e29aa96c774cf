/**
 * Amazon S3 and compatible services.
 *
 * @module
 */

import { ObjectStore, type StoreSettings } from './store.js';
import { toEndpoint } from './url.js';

/** Options of {@link AmazonS3}. From `object_store`'s `AmazonS3Builder`. */
export interface AmazonS3Options {
  /** The bucket. */
  bucketName: string;
  /** The region. Default: `AWS_REGION`, otherwise `'us-east-1'`. */
  region?: string;
  /** The access key id. Default: `AWS_ACCESS_KEY_ID`, otherwise the role of the machine. */
  accessKeyId?: string;
  /** The secret access key. Default: `AWS_SECRET_ACCESS_KEY`. */
  secretAccessKey?: string;
  /** The session token of temporary credentials. Default: `AWS_SESSION_TOKEN`. */
  sessionToken?: string;
  /** The address of a compatible service, such as MinIO. Default: `AWS_ENDPOINT`, otherwise Amazon. */
  endpoint?: string | URL;
  /** Whether `endpoint` may be `http://`. Default `false`. */
  allowHttp?: boolean;
  /** Whether to request the role of an EC2 machine without a token (IMDSv1). Default `false`. */
  imdsv1Fallback?: boolean;
}

const SETTINGS = {
  bucketName: { type: 'string', required: true, doc: 'The bucket.' },
  region: { type: 'string', doc: 'The region.' },
  accessKeyId: { type: 'string', secret: true, doc: 'The first part of the credentials.' },
  secretAccessKey: { type: 'string', secret: true, doc: 'The second part of the credentials.' },
  sessionToken: { type: 'string', secret: true, doc: 'The third part of temporary credentials.' },
  endpoint: { type: 'any', doc: 'The address of a service that is not Amazon.' },
  allowHttp: { type: 'boolean', doc: 'Whether the endpoint may be http://.' },
  imdsv1Fallback: { type: 'boolean', doc: 'Whether the role of an old EC2 machine is asked for without a token.' },
} as const satisfies StoreSettings;

/**
 * A bucket of Amazon S3, or of a compatible service (MinIO, Ceph, R2, …). Each process that reads from it (this one, the
 * scheduler, every executor) takes defaults from its own environment.
 *
 * @example
 * ```ts
 * import { AmazonS3 } from 'ballista';
 *
 * const store = new AmazonS3({ bucketName: 'flights', region: 'eu-central-1', accessKeyId: 'me', secretAccessKey: 'x' });
 * console.log(String(store));
 * // AmazonS3 { bucketName: "flights", region: "eu-central-1", accessKeyId: (hidden), secretAccessKey: (hidden) }
 * ```
 */
export class AmazonS3 extends ObjectStore {
  /** @throws BallistaError `INVALID_ARGUMENT` */
  constructor(options: AmazonS3Options) {
    super({ name: 'AmazonS3', type: 's3', settings: SETTINGS }, options, (checked) => {
      const { endpoint, allowHttp } = checked as Partial<AmazonS3Options>;
      if (endpoint === undefined) return checked;
      return { ...checked, endpoint: toEndpoint(endpoint, 'AmazonS3: endpoint', allowHttp) };
    });
  }
}
