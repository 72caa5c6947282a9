/**
 * Decides whether an experiment may begin. Guards against testing a region that is broken already: its
 * customers would pay twice, and the verdict would blame one fault for another. And against a fault that the body
 * cannot make, found out after a minute of warming up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { RegionStatus } from '#contracts/faults.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { commandText } from '#kit/tool-container.ts';
import type { RegionApi } from './region-api.ts';

/** The same status, for a region in which `what` may begin. @throws CommandFailure NOT_READY */
export function requireReady(status: RegionStatus, what: string): RegionStatus {
  const refuse = (why: string): never => {
    throw new CommandFailure(`${what} does not start: ${why}.`, EXIT.NOT_READY, `Look at "${commandText('status')}"; "${commandText('heal')}" brings back what is broken.`);
  };
  const [fault] = status.faults;
  if (fault !== undefined) refuse(`${fault.target} is already under a fault (${fault.verb})`);
  // Observers only watch: a region is whole without them.
  const down = status.components.filter(({ role, state }) => role !== 'observer' && role !== 'tool' && state !== 'running');
  if (down.length > 0) refuse(`not running: ${down.map(({ name, state }) => `${name} (${state})`).join(', ')}`);
  if (status.customers === null) refuse('the customers do not answer');
  return status;
}

/** Who just started a region, or healed one, finds it busy with starting; that is waited for. */
const READY_WAIT_MS_MAX = 20_000;
const READY_LOOK_MS = 1_000;

/** The status of a region in which `what` may begin, as soon as it may. @throws CommandFailure NOT_READY when it may not in 20 s */
export async function untilReady(api: Pick<RegionApi, 'status'>, what: string, signal: AbortSignal): Promise<RegionStatus> {
  const giveUpMs = performance.now() + READY_WAIT_MS_MAX;
  for (;;) {
    let isBroken = false;
    try {
      const status = await api.status();
      isBroken = status.faults.length > 0;
      return requireReady(status, what);
    } catch (error) {
      if (isBroken || performance.now() >= giveUpMs || signal.aborted) throw error;
    }
    await delay(READY_LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether a region of processes cannot run it: what is silent leaves a network, and a process has none of its own. */
export function needsContainers({ fault, given }: Pick<ExperimentDocument, 'fault' | 'given'>): boolean {
  return [fault, ...given].some(({ silent }) => silent === true);
}

/** @throws CommandFailure USAGE, before anything is started */
export function requireBody(document: ExperimentDocument, body: RegionStatus['body']): void {
  if (body === 'compose' || !needsContainers(document)) return;
  throw new CommandFailure(
    `${document.id} needs a region in containers: the programs of this one are processes, and none has a network of its own to leave.`,
    EXIT.USAGE,
    `Start one with "docker compose up -d --wait", then "${commandText(`run ${document.id}`)}".`,
  );
}
