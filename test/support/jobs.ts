import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The jobs of which an executor holds files. */
export function jobsOf(executor: { readonly workDir: string }): string[] {
  const folder = join(executor.workDir, 'jobs');
  return existsSync(folder) ? readdirSync(folder) : [];
}
