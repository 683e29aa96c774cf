import type { Rows } from '../support/page.js';
import type { Ends } from './campaign.js';

/** The table of how inputs ended. */
export function table(all: readonly Ends[]): Rows {
  return all.map(({ kind, inputs, rows, aborted, codes, faults }) => {
    const of = (what: string) => String(faults.filter((fault) => fault.what === what).length);
    return {
      input: kind,
      inputs: String(inputs),
      accepted: String(rows),
      aborted: String(aborted),
      errors: [...codes]
        .sort(([, a], [, b]) => b - a)
        .map(([code, count]) => `${count} \`${code}\``)
        .join(', '),
      crash: of('crash'),
      hang: of('hang'),
      memory: of('memory'),
      'no code': of('no code'),
    };
  });
}
