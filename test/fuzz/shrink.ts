import { Choices } from './choices.js';
import type { Named } from './draft.js';
import { type Statement, statement } from './statement.js';

/** The maximum number of statements to try. */
const ATTEMPTS = 400;

/**
 * A smaller statement that still fails. Removes choices or replaces them with simpler ones while the statement fails.
 *
 * @param taken - the choices of the statement that failed
 */
export async function shrink(
  taken: readonly number[],
  tables: readonly [Named, ...Named[]],
  fails: (statement: Statement) => Promise<boolean>,
): Promise<Statement> {
  let best = replayed(taken, tables);
  let attempts = 0;
  const seen = new Set([best.statement.sql]);
  const improves = async (choices: readonly number[]): Promise<boolean> => {
    const next = replayed(choices, tables);
    if (next.statement.sql.length > best.statement.sql.length || seen.has(next.statement.sql)) return false;
    seen.add(next.statement.sql);
    if (attempts++ >= ATTEMPTS || !(await fails(next.statement))) return false;
    best = next;
    return true;
  };
  let improved = true;
  while (improved && attempts < ATTEMPTS) {
    improved = false;
    for (let size = best.taken.length; size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < best.taken.length; ) {
        const [before, after] = [best.taken.slice(0, at), best.taken.slice(at + size)];
        const zeros = best.taken.slice(at, at + size).map(() => 0);
        if ((await improves([...before, ...after])) || (await improves([...before, ...zeros, ...after])))
          improved = true;
        else at += size;
      }
    }
  }
  return best.statement;
}

function replayed(choices: readonly number[], tables: readonly [Named, ...Named[]]) {
  const replay = Choices.replay(choices);
  const made = statement(replay, tables);
  return { taken: replay.taken, statement: made };
}
