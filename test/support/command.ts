import { join } from 'node:path';

import { ROOT } from './child.js';
import { type Ended, Program, type ProgramOptions } from './program.js';

/** The program of the command `ballista`. */
export const COMMAND = join(ROOT, 'dist', 'cli.mjs');

/** Runs `ballista` to its end. */
export async function ballista(
  args: readonly string[],
  options: Omit<ProgramOptions, 'args'> = {},
): Promise<Pick<Ended, 'code' | 'stdout' | 'stderr'>> {
  const { code, stdout, stderr } = await new Program(COMMAND, { ...options, args }).ended;
  return { code, stdout, stderr };
}
