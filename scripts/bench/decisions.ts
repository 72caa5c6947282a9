/**
 * Prints what a decision of the balanced client costs: one `step` under steady load, by kind of event and by
 * number of targets. The bar is 20 µs (a tick looks at every target, so that it is told apart). A benchmark
 * and no test: hosts differ.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { printJson, printResult } from '#kit/command-line.ts';
import { step } from '#policy/balanced-client.ts';
import { createClient, wakeAtMs, type ClientState } from '#policy/client-state.ts';
import type { ClientAction, ClientEvent, TargetSpec } from '#policy/messages.ts';
import { createRandom } from '#policy/random.ts';
import { positive } from './measuring/positive.ts';

const BAR_US = 20;
const IN_FLIGHT = 16;
/** Virtual milliseconds between two requests: 1,000 a second. */
const GAP_MS = 1;
const WARM_SHARE = 0.2;

interface Cost {
  targets: number;
  event: string;
  count: number;
  meanUs: number;
  p50Us: number;
  p99Us: number;
}

new Command('decisions')
  .description('what a decision of the balanced client costs, by kind of event and number of targets')
  .option('--targets <numbers>', 'numbers of targets, spread over three zones, comma-separated', (text) => text.split(',').map(positive), [3, 6, 24, 100])
  .option('--requests <number>', `requests per number of targets; ${IN_FLIGHT} are in flight at any time`, positive, 50_000)
  .option('--json', 'print the result as one JSON document')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.PASS : EXIT.USAGE))
  .action(({ targets, requests, json }: { targets: number[]; requests: number; json?: boolean }) => {
    const costs = targets.flatMap((count) => measure(count, requests));
    if (json === true) printJson(costs);
    else print(costs);
  })
  .parse();

function measure(targets: number, requests: number): Cost[] {
  const samples = new Map<string, number[]>();
  const random = createRandom(1);
  let nowMs = 0;
  const state = createClient({ ownZone: 'az1', targets: specs(targets), rescue: true }, nowMs);
  const open: { requestId: string; attemptId: number }[] = [];
  const apply = (event: ClientEvent, isMeasured: boolean): void => {
    const startedNs = process.hrtime.bigint();
    const actions = step(state, event, nowMs, random);
    const tookUs = Number(process.hrtime.bigint() - startedNs) / 1000;
    if (isMeasured) {
      const list = samples.get(event.type);
      if (list === undefined) samples.set(event.type, [tookUs]);
      else list.push(tookUs);
    }
    for (const action of actions) answer(action, isMeasured);
  };
  const answer = (action: ClientAction, isMeasured: boolean): void => {
    if (action.type === 'send') open.push(action);
    if (action.type !== 'probe') return;
    const health = { status: 'ok', instanceId: action.targetId, bootId: 'b', version: '1', eventLoopLagMs: 0, load: { busy: 4, waiting: 0, limit: 8 }, firstAttempts: null } as const;
    apply({ type: 'probe.finished', probeId: action.probeId, result: { ok: true, rttMs: 1, answer: health } }, isMeasured);
  };
  for (let count = 0; count < requests; count += 1) {
    nowMs += GAP_MS;
    const isMeasured = count > requests * WARM_SHARE;
    if (nowMs >= wakeAtMs(state)) apply({ type: 'tick', lagMs: 0 }, isMeasured);
    apply({ type: 'request.arrived', requestId: `r${count}`, replayable: true, budgetMs: 1000, avoidZone: null }, isMeasured);
    const attempt = open.at(-1);
    if (attempt !== undefined) apply({ type: 'attempt.written', attemptId: attempt.attemptId }, isMeasured);
    while (open.length > IN_FLIGHT) finishOldest(open, apply, isMeasured);
  }
  return [...samples].map(([event, list]) => costOf(state, event, list)).sort((a, b) => b.meanUs - a.meanUs);
}

function finishOldest(open: { attemptId: number }[], apply: (event: ClientEvent, isMeasured: boolean) => void, isMeasured: boolean): void {
  const { attemptId } = open.shift()!;
  apply({ type: 'attempt.responded', attemptId, status: 200, retriedBelow: false, gaveUp: null }, isMeasured);
  apply({ type: 'attempt.finished', attemptId }, isMeasured);
}

function costOf(state: ClientState, event: string, samplesUs: number[]): Cost {
  samplesUs.sort((a, b) => a - b);
  const at = (share: number): number => round(samplesUs[Math.floor(samplesUs.length * share)] ?? NaN);
  const meanUs = round(samplesUs.reduce((sum, value) => sum + value, 0) / samplesUs.length);
  return { targets: state.targets.size, event, count: samplesUs.length, meanUs, p50Us: at(0.5), p99Us: at(0.99) };
}

function round(us: number): number {
  return Number(us.toFixed(2));
}

function specs(count: number): TargetSpec[] {
  return Array.from({ length: count }, (_, index) => ({ id: `t${index}`, zone: `az${(index % 3) + 1}`, checkInstance: true }));
}

function print(costs: readonly Cost[]): void {
  printResult(`${'targets'.padStart(7)}  ${'event'.padEnd(20)} ${'mean µs'.padStart(8)} ${'p50'.padStart(8)} ${'p99'.padStart(8)}  over ${BAR_US} µs in the mean`);
  for (const { targets, event, meanUs, p50Us, p99Us } of costs) {
    printResult(`${String(targets).padStart(7)}  ${event.padEnd(20)} ${String(meanUs).padStart(8)} ${String(p50Us).padStart(8)} ${String(p99Us).padStart(8)}  ${meanUs > BAR_US ? 'yes' : 'no'}`);
  }
}
