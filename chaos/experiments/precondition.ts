/**
 * Decides whether an experiment may begin. Guards against testing a region that is broken already: its
 * customers would pay twice, and the verdict would blame one fault for another. And against a fault that is blocked, or
 * that the body cannot make, found out after a minute of warming up.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { Region } from '#contracts/region.ts';
import { pause } from '#chaos/injector/pause.ts';
import { CommandFailure, progress } from '#kit/command-line.ts';
import { commandText } from '#kit/tool-container.ts';
import type { RegionApi } from './region-api.ts';

/** Who just started a region, or healed one, finds it busy with starting; that is waited for. */
const READY_WAIT_MS_MAX = 20_000;
const READY_LOOK_MS = 1_000;

/** Somebody has to do something first: to wait would change nothing. */
class Refusal extends CommandFailure {}

/** By hand, or because its time was up. */
class Stopped extends CommandFailure {}

/** The same status, for a region in which `what` may begin. @throws CommandFailure NOT_READY */
function requireReady(status: RegionStatus, what: string): RegionStatus {
  const text = (why: string): string => `${what} does not start: ${why}.`;
  const { lever, journalTrouble, faults: [fault], components, customers } = status;
  const look = `Look at "${commandText('status')}"`;
  const brokenHint = `${look}; "${commandText('heal')}" brings back what is broken.`;
  if (lever.blocked) throw new Refusal(text(`new faults are blocked ("${lever.reason ?? ''}")`), EXIT.NOT_READY, `"${commandText('unlock')}" lets them go on.`);
  if (journalTrouble !== null) throw new Refusal(text(`the injector cannot write down what it would break (${journalTrouble})`), EXIT.NOT_READY, `${look}.`);
  if (fault !== undefined) throw new Refusal(text(`${fault.target} is already under a fault (${fault.verb})`), EXIT.NOT_READY, brokenHint);
  // Observers only watch: a region is whole without them.
  const down = components.filter(({ role, state }) => role !== 'observer' && role !== 'tool' && state !== 'running');
  if (down.length > 0) throw new CommandFailure(text(`not running: ${down.map(({ name, state }) => `${name} (${state})`).join(', ')}`), EXIT.NOT_READY, brokenHint);
  if (customers === null) throw new CommandFailure(text('the customers do not answer'), EXIT.NOT_READY, brokenHint);
  return status;
}

/**
 * The status of a region in which `what` may begin, as soon as it may.
 * @param onWaiting told once what is waited for
 * @throws CommandFailure NOT_READY at once for what only somebody can change, else when it may not begin in 20 s; ABORTED when it is stopped before
 */
export async function untilReady(api: Pick<RegionApi, 'status'>, what: string, signal: AbortSignal, onWaiting: (text: string) => void = progress): Promise<RegionStatus> {
  return patiently(async () => requireReady(await api.status(), what), signal, onWaiting);
}

/** The first questions of a command, asked as patiently. @throws CommandFailure as {@link untilReady} does */
export async function readyRegion(api: Pick<RegionApi, 'status' | 'region'>, what: string, signal: AbortSignal): Promise<{ status: RegionStatus; region: Region }> {
  return patiently(async () => {
    const [status, region] = await Promise.all([api.status(), api.region()]);
    return { status: requireReady(status, what), region };
  }, signal, progress);
}

async function patiently<Answer>(ask: () => Promise<Answer>, signal: AbortSignal, onWaiting: (text: string) => void): Promise<Answer> {
  const giveUpMs = performance.now() + READY_WAIT_MS_MAX;
  for (let isTold = false; ; isTold = true) {
    try {
      const answer = await ask();
      if (signal.aborted) throw new Stopped('It was stopped before it began.', EXIT.ABORTED);
      return answer;
    } catch (error) {
      if (error instanceof Refusal || error instanceof Stopped || performance.now() >= giveUpMs) throw error;
      if (signal.aborted) throw new Stopped(`It was stopped while it waited for the region. ${messageOf(error)}`, EXIT.ABORTED);
      if (!isTold) onWaiting(`Waiting up to ${READY_WAIT_MS_MAX / 1000} s for the region. ${messageOf(error)}`);
    }
    await pause(READY_LOOK_MS, signal);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
