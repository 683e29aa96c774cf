import { type Dirent, existsSync, readdirSync } from 'node:fs';

/** Everything in a folder, at any depth, while others remove folders in it: `readdirSync` fails if one is gone that it has seen. */
export function entriesOf(folder: string): Dirent[] {
  for (;;) {
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(folder)) throw error;
    }
  }
}
