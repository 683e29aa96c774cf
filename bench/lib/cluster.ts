import { Child } from './child.js';

const SERVER = 'test/support/server.mjs';

/** A cluster with a process for the scheduler and for each executor. Executors have one slot. */
export interface Cluster {
  readonly url: string;
  close(): Promise<void>;
}

/** @param folder - for shuffle files */
export async function startCluster(count: number, folder: string): Promise<Cluster> {
  const start = async (role: string, options: object) => {
    const child = new Child(process.execPath, [SERVER, role, JSON.stringify(options)]);
    const { port } = (await child.next()) as { port: number };
    return { child, port };
  };
  const scheduler = await start('scheduler', {});
  const executors = await Promise.all(
    Array.from({ length: count }, () =>
      start('executor', { schedulerPort: scheduler.port, vcores: 1, workDir: folder }),
    ),
  );
  return {
    url: `df://127.0.0.1:${scheduler.port}`,
    close: async () => {
      await Promise.all(executors.map(({ child }) => child.close()));
      await scheduler.child.close();
    },
  };
}
