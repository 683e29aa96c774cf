/**
 * The end of the process: executors that nobody closed stop, and their folders go.
 *
 * @module
 */

import { isMainThread } from 'node:worker_threads';

/** A running native server, or a thread that runs functions; one that has a folder can be abandoned. */
export interface Running {
  /** Stops at once and removes the folder. */
  abandon?(): void;
}

interface Registry {
  /** From its start until it is closed. It is not collected meanwhile, which would stop it. */
  add(server: Running): void;
  delete(server: Running): void;
}

type Emitter = { count?: number };

/** At `process`, not in this module: several copies of it would take each other's listeners for the program's own. */
const KEY = Symbol.for('ballista.exit');
const shared = process as typeof process & { [KEY]?: Registry; __signal_exit_emitter__?: Emitter };

const SIGNALS: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGINT'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The running servers of this thread of JavaScript. */
export function runningServers(): Registry {
  shared[KEY] ??= create();
  return shared[KEY];
}

function create(): Registry {
  const servers = new Set<Running>();
  let listening = false;

  const abandonAll = (): void => {
    for (const server of servers) server.abandon?.();
    servers.clear();
    update();
  };
  // Node no longer ends on a signal that has a listener, so where it is ours alone the signal is raised again without it.
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1 + yielding()) return;
    abandonAll();
    process.kill(process.pid, signal);
  };
  const update = (): void => {
    const wanted = [...servers].some((server) => server.abandon);
    if (wanted === listening) return;
    listening = wanted;
    if (wanted) process.on('exit', abandonAll);
    else process.off('exit', abandonAll);
    if (!isMainThread) return; // workers get no signals
    for (const signal of SIGNALS) {
      // In front: a listener for one time is not counted any more once it was called.
      if (wanted) process.prependListener(signal, onSignal);
      else process.off(signal, onSignal);
    }
  };
  return {
    add(server) {
      servers.add(server);
      update();
    },
    delete(server) {
      servers.delete(server);
      update();
    },
  };
}

/** How many listeners are those of the package signal-exit: they too leave a signal to the program's own, if there are any. */
function yielding(): number {
  const emitter = (globalThis as { [name: symbol]: Emitter | undefined })[Symbol.for('signal-exit emitter')];
  return (emitter?.count ?? 0) + (shared.__signal_exit_emitter__?.count ?? 0);
}
