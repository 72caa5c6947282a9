/**
 * Ends every process of the region when its parent dies without a word: SIGKILL cannot be handled, and a
 * frozen child cannot notice anything. A shell in a session of its own (so that Ctrl-C does not reach it)
 * reads "+pid" and "-pid" from its standard input; at end of file it kills the groups that are left. The
 * kernel closes that pipe however the parent ends. Needs no /proc, so it works on macOS too.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';

/** Signals end it only by SIGKILL: a watchdog that a stray `kill` ends guards nothing. */
const SCRIPT = `
trap '' HUP INT TERM QUIT PIPE
pids=' '
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) pids="$pids$pid " ;;
    -*) case $pids in *" $pid "*) pids="\${pids%%" $pid "*} \${pids#*" $pid "}" ;; esac ;;
  esac
done
for pid in $pids; do kill -KILL "-$pid" || kill -KILL "$pid"; done 2>/dev/null
`;

export class Watchdog {
  readonly #pids = new Set<number>();
  #shell: ChildProcess;
  #closed = false;

  constructor() {
    this.#shell = this.#spawn();
  }

  get pid(): number | undefined {
    return this.#shell.pid;
  }

  /** `pid` must lead a process group of its own. */
  guard(pid: number): void {
    this.#pids.add(pid);
    this.#tell(`+${pid}`);
  }

  /** To be called when the process has been reaped: its number may be another's from now on. */
  release(pid: number): void {
    this.#pids.delete(pid);
    this.#tell(`-${pid}`);
  }

  /** Whether this user may raise a priority again after lowering it; tried on the watchdog itself. */
  canRestorePriority(): boolean {
    const pid = this.#shell.pid;
    if (pid === undefined) return false;
    try {
      const before = getPriority(pid);
      if (before >= 19) return false;
      setPriority(pid, before + 1);
      setPriority(pid, before);
      return true;
    } catch {
      return false;
    }
  }

  /** Kills whatever it still guards, and ends. */
  close(): void {
    this.#closed = true;
    this.#shell.stdin?.end();
  }

  #spawn(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
    // It may end at any moment; the exit below replaces it.
    shell.stdin?.on('error', () => {});
    shell.on('error', () => {});
    shell.on('exit', () => {
      if (this.#closed || this.#shell !== shell) return;
      this.#shell = this.#spawn();
      for (const pid of this.#pids) this.#tell(`+${pid}`);
    });
    shell.unref();
    return shell;
  }

  #tell(line: string): void {
    if (!this.#closed && this.#shell.stdin?.writable === true) this.#shell.stdin.write(`${line}\n`);
  }
}
