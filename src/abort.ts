/**
 * Listens to abort signals. Node warns about a leak when a signal has more than ten listeners, so each signal gets one,
 * however many queries it belongs to.
 *
 * @module
 */

interface Listening {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

const listening = new WeakMap<AbortSignal, Listening>();

/** Calls `callback` when the signal aborts, until {@link offAbort}. A signal may outlive thousands of queries. */
export function onAbort(signal: AbortSignal, callback: () => void): void {
  let found = listening.get(signal);
  if (!found) {
    const callbacks = new Set<() => void>();
    const listener = (): void => {
      for (const call of callbacks) call();
    };
    found = { callbacks, listener };
    listening.set(signal, found);
    signal.addEventListener('abort', listener, { once: true });
  }
  found.callbacks.add(callback);
}

export function offAbort(signal: AbortSignal, callback: () => void): void {
  const found = listening.get(signal);
  if (!found?.callbacks.delete(callback) || found.callbacks.size > 0) return;
  listening.delete(signal);
  signal.removeEventListener('abort', found.listener);
}
