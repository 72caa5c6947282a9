/**
 * Runs a Chaos Toolkit experiment: the hypothesis, the method, the hypothesis again, the rollbacks. Rollbacks always run,
 * also after an interruption, a deviation or an action that failed; upstream leaves them out exactly then, when something
 * is broken (chaostoolkit #195, lib #189). An action that failed ends the method: what it did not break proves nothing.
 *
 *   before ─ holds ─▶ method ─▶ after ─▶ rollbacks
 *      └──── does not hold ────────────────▲
 */
import { hostname, release, type } from 'node:os';
import type { Activity, Tolerance, ToolkitExperiment } from './experiment.ts';
import { CHAOSLIB_VERSION, type ActivityRun, type SteadyState, type ToolkitJournal } from './journal.ts';
import { runActivity } from './run-activity.ts';
import { isWithin } from './tolerance.ts';
import { filledIn, type Variables } from './variables.ts';
import type { World } from './world.ts';

export type Stage = 'before' | 'method' | 'after' | 'rollback';
/** Told of each activity when it has ended. */
export type Told = (stage: Stage, run: ActivityRun) => void;

/** @param signal aborted: what runs is ended, what is to come is left out, the rollbacks are run. Never rejects. */
export async function runToolkitExperiment(experiment: ToolkitExperiment, variables: Variables, world: World, signal: AbortSignal, told: Told = () => {}): Promise<ToolkitJournal> {
  const startMs = world.nowMs();
  const run = new Run(experiment, variables, world, signal, told);
  const before = await run.look('before');
  const holds = before === null || before.steady_state_met;
  const method = holds ? await run.act() : [];
  const hasFailed = method.some(isFailedAction);
  const after = holds && !signal.aborted && !hasFailed ? await run.look('after') : null;
  const rollbacks = await run.rollBack();
  const endMs = world.nowMs();
  return {
    'chaoslib-version': CHAOSLIB_VERSION,
    platform: `${type()}-${release()}`,
    node: hostname(),
    experiment,
    start: new Date(startMs).toISOString(),
    status: statusOf([before, after], [...method, ...rollbacks], signal.aborted),
    deviated: after !== null && !after.steady_state_met && !signal.aborted,
    steady_states: { before, after, during: [] },
    run: method,
    rollbacks,
    end: new Date(endMs).toISOString(),
    duration: (endMs - startMs) / 1000,
  };
}

class Run {
  readonly #experiment: ToolkitExperiment;
  readonly #variables: Variables;
  readonly #world: World;
  readonly #signal: AbortSignal;
  readonly #told: Told;

  constructor(experiment: ToolkitExperiment, variables: Variables, world: World, signal: AbortSignal, told: Told) {
    this.#experiment = experiment;
    this.#variables = variables;
    this.#world = world;
    this.#signal = signal;
    this.#told = told;
  }

  /** Until the first probe that is not within its tolerance; null without a hypothesis. */
  async look(stage: 'before' | 'after'): Promise<SteadyState | null> {
    const hypothesis = this.#experiment['steady-state-hypothesis'];
    if (hypothesis === undefined) return null;
    const probes: ActivityRun[] = [];
    for (const probe of hypothesis.probes ?? []) {
      const run = await runActivity(probe, this.#variables, this.#world, this.#signal);
      const isMet = run.status === 'succeeded' && isWithin(filledIn(probe.tolerance, this.#variables) as Tolerance, run.output);
      const looked = { ...run, tolerance_met: isMet };
      probes.push(looked);
      this.#told(stage, looked);
      if (!isMet) return { steady_state_met: false, probes };
    }
    return { steady_state_met: true, probes };
  }

  /** In the order in which they began; none is left running. */
  async act(): Promise<ActivityRun[]> {
    const ending = new AbortController();
    const signal = AbortSignal.any([this.#signal, ending.signal]);
    const runs: Promise<ActivityRun>[] = [];
    for (const activity of this.#experiment.method) {
      if (signal.aborted) break;
      const run = this.#one('method', activity, signal).then((ended) => {
        if (isFailedAction(ended)) ending.abort();
        return ended;
      });
      runs.push(run);
      if (activity.background !== true) await run;
    }
    return Promise.all(runs);
  }

  /** All of them, whatever became of the others; an interruption does not reach them. */
  async rollBack(): Promise<ActivityRun[]> {
    const runs: ActivityRun[] = [];
    for (const activity of this.#experiment.rollbacks ?? []) runs.push(await this.#one('rollback', activity, new AbortController().signal));
    return runs;
  }

  async #one(stage: Stage, activity: Activity, signal: AbortSignal): Promise<ActivityRun> {
    const run = await runActivity(activity, this.#variables, this.#world, signal);
    this.#told(stage, run);
    return run;
  }
}

function isFailedAction({ activity, status }: ActivityRun): boolean {
  return activity.type === 'action' && status === 'failed';
}

/** A probe that could not be made is a failure too; one beyond its tolerance is a finding. */
function statusOf(states: readonly (SteadyState | null)[], runs: readonly ActivityRun[], interrupted: boolean): ToolkitJournal['status'] {
  if (interrupted) return 'interrupted';
  const probes = states.flatMap((state) => state?.probes ?? []);
  return [...probes, ...runs].some(({ status }) => status !== 'succeeded') ? 'failed' : 'completed';
}
