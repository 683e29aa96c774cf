import type { Rows } from '../support/page.js';
import type { Result, Row } from './campaign.js';
import type { Scenario } from './scenarios.js';

/** The table of a campaign. */
export function table(rows: readonly Row[]): Rows {
  return rows.map(({ name, skipped, missed, results }) => {
    if (skipped) return { fault: `${name} (${skipped})` };
    const extra = results.map(({ extraMs }) => extraMs);
    return {
      fault: name,
      rounds: String(results.length),
      right: count(results, 'right'),
      'coded error': codes(results),
      wrong: count(results, 'wrong'),
      hang: count(results, 'hang'),
      'extra time, median': seconds(median(extra)),
      worst: seconds(Math.max(...extra)),
      'recovery, worst': seconds(Math.max(...results.map(({ recoveryMs }) => recoveryMs))),
      'not hit': String(missed),
    };
  });
}

/** What must not happen in a scenario. */
export function faulty({ mustBe }: Pick<Scenario, 'mustBe'>, { outcome: { kind }, damage }: Result): boolean {
  return kind === 'wrong' || kind === 'hang' || damage !== undefined || (mustBe !== undefined && kind !== mustBe);
}

function count(results: readonly Result[], kind: string): string {
  return String(results.filter(({ outcome }) => outcome.kind === kind).length);
}

function codes(results: readonly Result[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of results)
    if (outcome.kind === 'error') counts.set(outcome.code, (counts.get(outcome.code) ?? 0) + 1);
  return [...counts].map(([code, times]) => `${times} \`${code}\``).join(', ') || '0';
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : '');
