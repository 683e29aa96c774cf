import { HttpStore } from '../../src/object-store/http-store.js';
import type { SessionContext } from '../../src/session/session-context.js';
import { fileAnswer, serve } from './http-server.js';

/** A table with one column `x`. Its readers wait until the gate opens. */
export interface Gate {
  /** Registers the table with this name. */
  register(ctx: SessionContext, name: string): Promise<void>;
  /** Closes the gate. Resolves once a query waits for the rows. */
  arrival(): Promise<void>;
  /** Opens the gate: all waiting queries continue. */
  open(): void;
}

/** Serves the rows from a web server until the tests of the file end. */
export async function withGate(values: readonly number[]): Promise<Gate> {
  const content = new TextEncoder().encode(`${values.join('\n')}\n`);
  let passed = Promise.resolve();
  let arrived = () => {};
  let open = () => {};
  const url = await serve(async (question) => {
    if (question.method === 'GET') {
      arrived();
      await passed;
    }
    return fileAnswer(question, content, { 'last-modified': new Date(0).toUTCString(), etag: '"1"' });
  });
  return {
    async register(ctx, name) {
      await ctx.registerObjectStore(url, new HttpStore({ url }));
      const format = "STORED AS CSV OPTIONS ('format.has_header' 'false')";
      await ctx.sql(`CREATE EXTERNAL TABLE ${name} (x BIGINT) ${format} LOCATION '${url}/gate.csv'`);
    },
    arrival() {
      passed = new Promise((resolve) => {
        open = resolve;
      });
      return new Promise((resolve) => {
        arrived = resolve;
      });
    },
    open: () => open(),
  };
}
