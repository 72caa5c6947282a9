/**
 * Which fault a document makes in a run, and what it is called: `${{ matrix.az }}` is the AZ under test,
 * `${{ matrix.peer }}` the one after it. One place for both, so that what the injector was asked for and what the verdict names are the same.
 */
import type { ExperimentFault } from '#contracts/experiment.ts';
import type { FaultDetail, FaultVerb } from '#contracts/faults.ts';
import { AVAILABILITY_ZONES, type AvailabilityZone } from '#contracts/labels.ts';

/** A fault with its names filled in: what the injector takes, but for lease and reason. */
export interface StatedFault extends FaultDetail {
  verb: FaultVerb;
  target: string;
}

/** The AZ after this one, the first after the last; of a name that is none, the first. */
export function peerOf(az: string): AvailabilityZone {
  const at = (AVAILABILITY_ZONES as readonly string[]).indexOf(az);
  return AVAILABILITY_ZONES[(at + 1) % AVAILABILITY_ZONES.length] as AvailabilityZone;
}

/** A peer that is no AZ even then is the injector's to refuse. */
export function statedFault({ peer, target, ...rest }: ExperimentFault, az: string): StatedFault {
  return { ...rest, target: filledIn(target, az), ...(peer === undefined ? {} : { peer: filledIn(peer, az) as AvailabilityZone }) };
}

function filledIn(text: string, az: string): string {
  return text.replaceAll(/\$\{\{ ?matrix\.(az|peer) ?\}\}/g, (_all, name) => (name === 'az' ? az : peerOf(az)));
}

/** Which of the failures that happen outside it stands for; null where its name says all. */
export function kindText({ verb, silent }: Pick<StatedFault, 'verb' | 'silent'>): string | null {
  if (verb === 'kill') return silent === true ? 'power loss: frozen, off the network and then killed, no FIN and no RST' : 'crash-stop: the kernel closed its connections';
  return verb === 'isolate' && silent === true ? 'black hole: off the network, no FIN and no RST' : null;
}

/** As verdicts and journals keep it: `kill az1-kitchen-a`, `kill az1 silent`, `slow az1 +400 ms`, `cut az1 az2 one-way`, `fail az1 50 % 503`. */
export function statedFaultText({ verb, target, latencyMs, jitterMs, peer, oneWay, refuse, share, silent, rate, status, afterWork, service, health }: StatedFault): string {
  const delay = latencyMs === undefined ? '' : ` +${latencyMs}${jitterMs === undefined || jitterMs === 0 ? '' : ` ± ${jitterMs}`} ms`;
  const way = `${peer === undefined ? '' : ` ${peer}`}${oneWay === true ? ' one-way' : ''}${refuse === true ? ' refused' : ''}`;
  const part = share ?? rate ?? null;
  const words = [part === null ? null : `${Math.round(part * 100)} %`, status, afterWork === true ? 'after work' : null, service, health, silent === true ? 'silent' : null];
  return `${verb} ${target}${way}${delay}${words.map((word) => (word == null ? '' : ` ${word}`)).join('')}`;
}
