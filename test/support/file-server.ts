import { readFileSync } from 'node:fs';

import { fileAnswer, serve } from './http-server.js';

/** A web server for local files. It supports only HEAD, GET and ranges. */
export interface FileServer {
  readonly url: string;
  /** The requests in order, such as `GET 206 /x`. */
  readonly log: string[];
}

/**
 * Starts a file server.
 *
 * @param files - the local path of each file, by its path on the server, such as `/data/x.csv`
 */
export async function serveFiles(files: Readonly<Record<string, string>>): Promise<FileServer> {
  const log: string[] = [];
  const url = await serve((question) => {
    const { method, path } = question;
    const file = files[decodeURIComponent(path)];
    const answer =
      method !== 'GET' && method !== 'HEAD'
        ? { status: 405 }
        : file === undefined
          ? { status: 404 }
          : fileAnswer(question, readFileSync(file), { 'last-modified': new Date(0).toUTCString(), etag: '"1"' });
    log.push(`${method} ${answer.status} ${path}`);
    return answer;
  });
  return { url, log };
}
