/**
 * Cleans up at the end of the process: stops executors that were not closed, and removes their folders.
 *
 * @module
 */

import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';

/** A running native server or UDF thread. Those with a folder can be abandoned. */
export interface Running {
  /** Stops immediately and removes the folder. */
  abandon?(): void;
}

interface Registry {
  /** Registers a server until it is closed. This also prevents its garbage collection, which would stop it. */
  add(server: Running): void;
  delete(server: Running): void;
}

type Emitter = { count?: number };

/** Stored on `process`, because several copies of this module would take each other's listeners for the program's own. */
const KEY = Symbol.for('ballista.exit');
const shared = process as typeof process & { [KEY]?: Registry; __signal_exit_emitter__?: Emitter };

const SIGNALS: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGINT'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The running servers of this JavaScript thread. */
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
  // A signal with a listener no longer ends Node. If ours is the only one, it raises the signal again without the listener.
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1 + yielding()) return;
    abandonAll();
    process.kill(process.pid, signal);
    // The first process of a container has no default action that would end it.
    if (process.pid === 1) process.exit(128 + constants.signals[signal]);
  };
  const update = (): void => {
    const wanted = [...servers].some((server) => server.abandon);
    if (wanted === listening) return;
    listening = wanted;
    if (wanted) process.on('exit', abandonAll);
    else process.off('exit', abandonAll);
    if (!isMainThread) return; // workers get no signals
    for (const signal of SIGNALS) {
      // First in the list: a one-time listener is no longer counted after it was called.
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

/** The number of listeners of the package signal-exit. They also leave signals to the program's own listeners, if any. */
function yielding(): number {
  const emitter = (globalThis as { [name: symbol]: Emitter | undefined })[Symbol.for('signal-exit emitter')];
  return (emitter?.count ?? 0) + (shared.__signal_exit_emitter__?.count ?? 0);
}
