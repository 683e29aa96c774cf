import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The names in a folder that may be removed at any time. A file has none. */
export function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/** The jobs whose files an executor stores. */
export function jobsOf(executor: { readonly workDir: string }): string[] {
  return entries(join(executor.workDir, 'jobs'));
}

/** The stages of all jobs whose files an executor stores. */
export function stagesOf(executor: { readonly workDir: string }): string[] {
  return jobsOf(executor).flatMap((job) =>
    entries(join(executor.workDir, 'jobs', job)).map((stage) => join(job, stage)),
  );
}
