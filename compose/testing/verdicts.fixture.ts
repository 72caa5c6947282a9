/** Verdicts of runs on containers. A run that could not tell is done once more: a busy host is nobody's fault, twice is somebody's. */
import type { Verdict, VerdictRun } from '#contracts/verdict.ts';
import { run as runCommand } from './command.fixture.ts';
import { environment } from './containers.fixture.ts';
import { CHECKOUT, IS_CI, RATE, REGION, tell } from './place.fixture.ts';

const RUN_LIMIT_MS = 150_000;
const UNDECIDED = new Set(['INCONCLUSIVE', 'NOT_READY']);

/**
 * `./azimuth run <id> --az <az>` on the tests' region.
 * @param state where its report goes
 * @throws Error with what it wrote when it gave no verdict
 */
export async function experiment(id: string, az: string, state: string): Promise<{ verdict: Verdict; run: VerdictRun }> {
  const words = [`${CHECKOUT}/azimuth`, 'run', id, '--az', az, '--region', REGION, '--json', ...(RATE === null ? [] : ['--rate', String(RATE)])] as const;
  for (let isRepeated = false; ; isRepeated = true) {
    const outcome = await runCommand(words, { cwd: CHECKOUT, env: environment({ AZIMUTH_STATE_DIR: state }), limitMs: RUN_LIMIT_MS });
    const verdict = verdictOf(outcome.stdout);
    const run = verdict?.runs[0];
    if (verdict !== null && run !== undefined && !UNDECIDED.has(verdict.verdict)) return { verdict, run };
    const why = verdict === null ? outcome.stderr.trim() : verdictText(verdict);
    if (isRepeated || !IS_CI) throw new Error(`${id} ${az} gave no answer (exit code ${outcome.code}): ${why}`);
    tell(`${id} ${az} gave no answer and is repeated once: ${why}`);
  }
}

/** One line for each run. */
export function verdictText({ experiment: id, runs }: Verdict): string {
  return runs
    .map(({ az, verdict, reasons, requests, menu, addedLatencyMsMax, attemptsPerRequest, timelineMs, host }) => {
      const { moved, ejected, balanced } = timelineMs;
      return [
        `${id} ${az}: ${verdict}`, `${requests.failed} of ${requests.offered} orders and ${menu.failed} menus failed`, `added ${round(addedLatencyMsMax)} ms`,
        `moved ${round(moved)} ms`, `ejected ${round(ejected)} ms`, `balanced ${round(balanced)} ms`, `attempts ${attemptsPerRequest?.toFixed(3)}`,
        `host ${Math.round(host.cpuMax * 100)} %, generator ${host.generatorLagMsP99.toFixed(1)} ms`, ...reasons,
      ].join('; ');
    })
    .join('\n  ');
}

function verdictOf(text: string): Verdict | null {
  return text.trim() === '' ? null : (JSON.parse(text) as Verdict);
}

function round(ms: number | null): string {
  return ms === null ? '-' : String(Math.round(ms));
}
