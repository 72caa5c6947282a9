/**
 * Signals under npm. A terminal sends Ctrl-C to everybody in it, and npm passes its own copy on, so that one
 * Ctrl-C arrives twice within milliseconds; for a command it would be the second one, which means "at once,
 * and leave everything as it is". And an npm that is killed passes nothing on at all.
 */
const REPEAT_MS = 500;
const PARENT_POLL_MS = 1000;
const SIGNALS: ReadonlySet<string | symbol> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP']);

/** What this needs of `process`; Node emits a signal as an event of its name. */
interface Emitter {
  emit(event: string | symbol, ...args: unknown[]): boolean;
}

/** Lets one of several equal signals within half a second through. Must come before anybody listens for them. */
export function mergeRepeatedSignals(emitter: Emitter, nowMs: () => number): void {
  const emit = emitter.emit.bind(emitter);
  const lastMs = new Map<string | symbol, number>();
  emitter.emit = (event, ...args) => {
    if (SIGNALS.has(event)) {
      const before = lastMs.get(event) ?? -Infinity;
      if (nowMs() - before < REPEAT_MS) return true;
      lastMs.set(event, nowMs());
    }
    return emit(event, ...args);
  };
}

/** Sends this process a SIGTERM, once, when the process that started it is gone. */
export function stopWithParent(): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS);
  timer.unref();
}
