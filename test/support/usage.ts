import { readdirSync, readFileSync } from 'node:fs';

/** What a process uses. */
export interface Usage {
  /** Resident memory in MiB. */
  readonly megabytes: number;
  readonly descriptors: number;
  readonly threads: number;
}

/** Reads /proc, so only on Linux. `undefined` if the process has ended. */
export function usage(pid: number): Usage | undefined {
  const megabytes = residentMegabytes(pid);
  if (megabytes === undefined) return undefined;
  try {
    const count = (what: string) => readdirSync(`/proc/${pid}/${what}`).length;
    return { megabytes, descriptors: count('fd'), threads: count('task') };
  } catch {
    return undefined;
  }
}

export function residentMegabytes(pid: number): number | undefined {
  try {
    const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
  } catch {
    return undefined;
  }
}

/** The processor time that a process has used, in ticks of 10 ms. */
export function processorTime(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in brackets, may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

/** The processor time that this process has used since `process.cpuUsage()` gave `before`, in seconds. */
export function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
