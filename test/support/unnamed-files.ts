import { readdirSync, readlinkSync, statSync } from 'node:fs';

/** The sizes of the open files without a name in a folder, where an executor keeps rows that wait for their client. */
export function unnamedFiles(pid: number, folder: string): number[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    const fd = `/proc/${pid}/fd/${name}`;
    try {
      const link = readlinkSync(fd);
      return link.startsWith(folder) && link.endsWith('(deleted)') ? [statSync(fd).size] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
}
