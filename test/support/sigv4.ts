import { createHash, createHmac } from 'node:crypto';

import type { Question } from './http-server.js';

/** The credentials that sign requests. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/**
 * The S3 error code for the signature of a request, or undefined if the signature is valid.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function refusal(question: Question, credentials: Credentials): string | undefined {
  const { headers, body } = question;
  const given = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
    headers['authorization'] ?? '',
  );
  if (!given) return 'AccessDenied';
  const [, key, scope = '', signed = '', signature] = given;
  if (key !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  if (headers['x-amz-security-token'] !== credentials.sessionToken) return 'InvalidToken';
  const hash = headers['x-amz-content-sha256'] ?? '';
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const canonical = [
    question.method,
    question.path,
    canonicalQuery(question.rawQuery),
    ...signed.split(';').map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    signed,
    hash,
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  // scope: date/region/s3/aws4_request
  const derived = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  return hmac(derived, text).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}

function canonicalQuery(query: string): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [...new URLSearchParams(query)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
