/** A world in which nothing runs: processes and requests answer what a test says, time passes when somebody waits. */
import type { Activity, ToolkitExperiment } from './experiment.ts';
import type { ProcessCall, ProcessOutput, World } from './world.ts';

export class StagedWorld implements World {
  /** What was done, in order: `az kill az1`, `GET http://…`, `pause 2`. */
  readonly done: string[] = [];
  /** By the words of a process; else it ends with 0. Throws for one that fails. */
  process: (words: string, signal: AbortSignal) => Partial<ProcessOutput> | Promise<Partial<ProcessOutput>> = () => ({});
  /** By the address; else 200 and nothing. */
  answer: (url: string) => { status?: number; body?: string; type?: string } = () => ({});
  atMs = 0;

  runProcess = async ({ path, words }: ProcessCall, signal: AbortSignal): Promise<ProcessOutput> => {
    const said = [path, ...(typeof words === 'string' ? [words] : words)].join(' ');
    this.done.push(said);
    return { status: 0, stdout: '', stderr: '', ...(await this.process(said, signal)) };
  };

  fetch = async (url: URL, { method }: RequestInit): Promise<Response> => {
    this.done.push(`${method} ${url.href}`);
    const { status = 200, body = '', type = 'text/plain' } = this.answer(url.href);
    return Promise.resolve(new Response(body, { status, headers: { 'content-type': type } }));
  };

  nowMs = (): number => this.atMs;

  pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (ms > 0) this.done.push(`pause ${ms / 1000}`);
    if (!signal.aborted) this.atMs += ms;
    return Promise.resolve();
  };
}

export function processAction(words: string, more: Partial<Activity> = {}): Activity {
  return { type: 'action', name: words, provider: { type: 'process', path: 'az', arguments: words.split(' ') }, ...more };
}

/** Steady while `http://here/steady` answers 200; kills, waits two seconds and heals. */
export const KILL: ToolkitExperiment = {
  title: 'A kill',
  'steady-state-hypothesis': { title: 'It serves.', probes: [{ type: 'probe', name: 'serves', tolerance: 200, provider: { type: 'http', url: 'http://here/steady' } }] },
  method: [processAction('kill az1', { pauses: { after: 2 } })],
  rollbacks: [processAction('heal'), processAction('traffic rest')],
};
