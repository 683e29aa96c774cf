/**
 * Amazon S3 and compatible services.
 *
 * @module
 */

import { ObjectStore, type StoreSettings } from './store.js';
import { toEndpoint } from './url.js';

/** Options of {@link AmazonS3}. From `object_store`'s `AmazonS3Builder`. */
export interface AmazonS3Options {
  /** The name of the bucket. */
  bucketName: string;
  /** The region of the bucket. Default: `AWS_REGION`, otherwise `'us-east-1'`. */
  region?: string;
  /** The id of the access key. Default: `AWS_ACCESS_KEY_ID`. */
  accessKeyId?: string;
  /** The secret access key. Default: `AWS_SECRET_ACCESS_KEY`. */
  secretAccessKey?: string;
  /** The session token of temporary credentials. Default: `AWS_SESSION_TOKEN`. */
  sessionToken?: string;
  /** The address of a compatible service, such as MinIO. Default: `AWS_ENDPOINT`, otherwise Amazon. */
  endpoint?: string | URL;
  /** Whether `endpoint` may be `http://`. Default `false`. */
  allowHttp?: boolean;
  /**
   * Whether credentials may be requested from the metadata address of the cloud's machines. Without it, and without other
   * credentials, requests are anonymous. Default `false`.
   */
  instanceMetadata?: boolean;
  /** Whether to request the role of an EC2 machine without a token (IMDSv1). Default `false`. */
  imdsv1Fallback?: boolean;
}

/** The settings table of {@link AmazonS3Options}. */
export const S3_SETTINGS = {
  bucketName: { type: 'string', required: true, doc: 'The name of the bucket.' },
  region: { type: 'string', defaultText: "`AWS_REGION`, otherwise `'us-east-1'`", doc: 'The region of the bucket.' },
  accessKeyId: {
    type: 'string',
    secret: true,
    defaultText: '`AWS_ACCESS_KEY_ID`',
    doc: 'The id of the access key.',
  },
  secretAccessKey: {
    type: 'string',
    secret: true,
    defaultText: '`AWS_SECRET_ACCESS_KEY`',
    doc: 'The secret access key.',
  },
  sessionToken: {
    type: 'string',
    secret: true,
    defaultText: '`AWS_SESSION_TOKEN`',
    doc: 'The session token of temporary credentials.',
  },
  endpoint: {
    type: 'any',
    typeText: 'string | URL',
    defaultText: '`AWS_ENDPOINT`, otherwise Amazon',
    doc: 'The address of a compatible service, such as MinIO.',
  },
  allowHttp: { type: 'boolean', defaultText: '`false`', doc: 'Whether `endpoint` may be `http://`.' },
  instanceMetadata: {
    type: 'boolean',
    defaultText: '`false`',
    doc: "Whether credentials may be requested from the metadata address of the cloud's machines. Without it, and without other credentials, requests are anonymous.",
  },
  imdsv1Fallback: {
    type: 'boolean',
    defaultText: '`false`',
    doc: 'Whether to request the role of an EC2 machine without a token (IMDSv1).',
  },
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
    super({ name: 'AmazonS3', type: 's3', settings: S3_SETTINGS }, options, (checked) => {
      const { endpoint, allowHttp } = checked as Partial<AmazonS3Options>;
      if (endpoint === undefined) return checked;
      return { ...checked, endpoint: toEndpoint(endpoint, 'AmazonS3: endpoint', allowHttp) };
    });
  }
}
