import { createHash, randomUUID } from 'node:crypto';

import { type Answer, fileAnswer, type Question, serve } from './http-server.js';
import { type Credentials, refusal } from './sigv4.js';

/** A bucket in memory. */
export interface BucketServer {
  readonly url: string;
  readonly bucket: string;
  /** Its content, by key. */
  readonly objects: Map<string, Buffer>;
  /** The requests in order, such as `PUT 200 key?partNumber`. */
  readonly log: string[];
}

/** The number of keys in a page of a list. It is small, so tests need several pages. */
const PAGE = 3;

/**
 * Serves a bucket with the S3 API and the XML API of Google Cloud Storage. Supports what table files need: whole objects,
 * ranges, multipart uploads, copies, lists and deletes. https://docs.aws.amazon.com/AmazonS3/latest/API/
 *
 * @param credentials - the credentials that must sign the requests; without them, requests need no signature
 */
export async function serveBucket(bucket: string, credentials?: Credentials): Promise<BucketServer> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const log: string[] = [];
  const url = await serve((question) => {
    const { method, path, query } = question;
    const [, name = '', key = ''] = /^\/([^/]+)\/?(.*)$/.exec(decodeURIComponent(path)) ?? [];
    const answer = check(question) ?? (key === '' ? onBucket(question) : onObject(question, key));
    log.push(`${method} ${answer.status} ${key}${query.size > 0 ? `?${[...query.keys()].join('&')}` : ''}`);
    return answer;

    function check(asked: Question): Answer | undefined {
      const code = credentials && refusal(asked, credentials);
      if (code) return failure(403, code);
      return name === bucket ? undefined : failure(404, 'NoSuchBucket');
    }
  });
  return { url, bucket, objects, log };

  function onBucket(question: Question): Answer {
    const { method, query, body } = question;
    if (method === 'GET' && query.get('list-type') === '2') return list(query);
    if (method === 'POST' && query.has('delete')) {
      const keys = [...body.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = '']) => key);
      for (const key of keys) objects.delete(fromXml(key));
      return xml(`<DeleteResult>${keys.map((key) => `<Deleted><Key>${key}</Key></Deleted>`).join('')}</DeleteResult>`);
    }
    return failure(501, 'NotImplemented');
  }

  function onObject(question: Question, key: string): Answer {
    const { method, query, headers, body } = question;
    const upload = query.get('uploadId');
    if (upload !== null) return onUpload(question, key, upload);
    if (method === 'GET' || method === 'HEAD') {
      const content = objects.get(key);
      if (!content) return failure(404, 'NoSuchKey');
      return fileAnswer(question, content, { etag: etag(content), 'last-modified': new Date(0).toUTCString() });
    }
    if (method === 'POST' && query.has('uploads')) {
      const id = `upload-${randomUUID()}`;
      uploads.set(id, new Map());
      return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (method === 'PUT') {
      const source = headers['x-amz-copy-source'] ?? headers['x-goog-copy-source'];
      if (source === undefined) return put(question, key, body);
      const original = objects.get(decodeURIComponent(source).replace(/^\/?[^/]+\//, ''));
      if (!original) return failure(404, 'NoSuchKey');
      const answer = put(question, key, original);
      return answer.status === 200
        ? xml(`<CopyObjectResult><ETag>${etag(original)}</ETag></CopyObjectResult>`)
        : answer;
    }
    if (method === 'DELETE') return objects.delete(key) || credentials ? { status: 204 } : failure(404, 'NoSuchKey');
    return failure(501, 'NotImplemented');
  }

  function onUpload(question: Question, key: string, id: string): Answer {
    const parts = uploads.get(id);
    if (!parts) return failure(404, 'NoSuchUpload');
    if (question.method === 'PUT') {
      parts.set(Number(question.query.get('partNumber')), question.body);
      return { status: 200, headers: { etag: etag(question.body) } };
    }
    if (question.method === 'DELETE') {
      uploads.delete(id);
      return { status: 204 };
    }
    const numbers = [...question.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) =>
      Number(n),
    );
    const chosen = numbers.map((number) => parts.get(number));
    if (chosen.length === 0 || chosen.includes(undefined)) return failure(400, 'InvalidPart');
    const content = Buffer.concat(chosen as Buffer[]);
    const answer = put(question, key, content);
    if (answer.status !== 200) return answer;
    uploads.delete(id);
    return xml(`<CompleteMultipartUploadResult><ETag>${etag(content)}</ETag></CompleteMultipartUploadResult>`);
  }

  function put({ headers }: Question, key: string, content: Buffer): Answer {
    const onlyNew = headers['if-none-match'] === '*' || headers['x-goog-if-generation-match'] === '0';
    if (onlyNew && objects.has(key)) return failure(412, 'PreconditionFailed');
    objects.set(key, content);
    return { status: 200, headers: { etag: etag(content) } };
  }

  function list(query: URLSearchParams): Answer {
    const prefix = query.get('prefix') ?? '';
    const delimiter = query.get('delimiter') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const cut = (key: string): number => (delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length));
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const entries = new Set(keys.map((key) => (cut(key) < 0 ? key : key.slice(0, cut(key) + delimiter.length))));
    const rest = [...entries].filter((entry) => entry > after);
    const page = rest.slice(0, PAGE);
    const more = rest.length > page.length ? page.at(-1) : undefined;
    const contents = page.map((entry) => {
      const content = objects.get(entry);
      if (!content) return `<CommonPrefixes><Prefix>${toXml(entry)}</Prefix></CommonPrefixes>`;
      const about = `<Size>${content.byteLength}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified>`;
      return `<Contents><Key>${toXml(entry)}</Key>${about}<ETag>${etag(content)}</ETag></Contents>`;
    });
    const next = more === undefined ? '' : `<NextContinuationToken>${toXml(more)}</NextContinuationToken>`;
    return xml(`<ListBucketResult>${contents.join('')}${next}</ListBucketResult>`);
  }
}

function etag(content: Uint8Array): string {
  return `"${createHash('md5').update(content).digest('hex')}"`;
}

function xml(text: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>${text}`,
  };
}

function failure(status: number, code: string): Answer {
  return { ...xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`), status };
}

function toXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function fromXml(text: string): string {
  return text.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
