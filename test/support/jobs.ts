import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What lies in a folder that may go at any moment. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The jobs of which an executor holds files. */
export function jobsOf(executor: { readonly workDir: string }): string[] {
  return entries(join(executor.workDir, 'jobs'));
}

/** The stages of which an executor holds files, of all jobs. */
export function stagesOf(executor: { readonly workDir: string }): string[] {
  return jobsOf(executor).flatMap((job) =>
    entries(join(executor.workDir, 'jobs', job)).map((stage) => join(job, stage)),
  );
}
