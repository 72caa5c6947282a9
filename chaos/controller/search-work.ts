/**
 * A search for what AZs can take: every probe is kept in the report as soon as it is over, so that a search of half an hour
 * survives whatever ends it, this process included. The customers order again as before when it ends.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { Region } from '#contracts/region.ts';
import type { RunAbout, SearchRequest } from '#contracts/runs.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { ratedFromModel, sameConditions } from '#policy/headroom.ts';
import { capacityConditions, writeEvidence } from '../capacity/known-capacity.ts';
import { PROBE_ORDERS, prober, ratesOfProbe } from '../experiments/capacity-probe.ts';
import { estimateSeconds, measureCapacity, type MeasureOptions } from '../experiments/measure-capacity.ts';
import { untilReady } from '../experiments/precondition.ts';
import { failureOf, type RunDesk, type RunWork } from './run-work.ts';
import { turnBack } from './turn-back.ts';

/** Rated is a share of the knee; the search begins where the model sees it. */
const KNEE_OF_RATED = 1 / 0.8;
/** Who follows it waits for its end; what is then not done is done by the controller beside it. */
const TURN_BACK_MS_MAX = 5000;

/** @param probeOrders how many orders a rate must answer to hold */
export function searchWork({ document, azs = document.azs, seed = 1, attached = false, commit = null, known = [] }: SearchRequest, region: Region, probeOrders = PROBE_ORDERS): RunWork {
  const guessPerSecond = guessFor(region, null);
  const about: RunAbout = { experiment: document.id, title: document.title, expected: 'PASS', azs: [...azs], ratePerSecond: guessPerSecond, seed, attached };
  return {
    about,
    switches: [],
    timeoutMs: null,
    execute: async (desk, signal) => {
      const { customers, settings } = await untilReady(desk.api, document.id, signal, desk.say);
      const before = customers === null ? null : { ratePerSecond: customers.ratePerSecond, arm: customers.arm };
      if (before !== null) await desk.noteBefore(before);
      const conditions = capacityConditions(region, settings.ovens);
      const probes = known.filter((one) => sameConditions(one.conditions, conditions)).flatMap((one) => one.probes);
      const rates: number[] = [];
      const failure = await search({ azs, conditions, known: probes, guessPerSecond: guessFor(region, settings.ovens), commit }, { seed, probeOrders, rates }, desk, signal).then(
        () => null,
        (error: unknown) => failureOf(signal.aborted ? new CommandFailure('The search was stopped; the probes that were over are kept.', EXIT.ABORTED) : error),
      );
      const isBack = await turnBack(desk.api, { switches: [], customers: before, about, rates }, AbortSignal.timeout(TURN_BACK_MS_MAX));
      if (!isBack) desk.say(`The customers could not be turned back to ${before?.ratePerSecond} orders/s.`);
      return { verdict: null, ...(failure ?? { outcome: 'PASS', trouble: null }), owes: !isBack };
    },
  };
}

interface ProbeOptions {
  seed: number;
  probeOrders: number;
  /** Those that were asked for; grows. */
  rates: number[];
}

async function search(options: Pick<MeasureOptions, 'azs' | 'conditions' | 'known' | 'guessPerSecond' | 'commit'>, { seed, probeOrders, rates }: ProbeOptions, desk: RunDesk, signal: AbortSignal): Promise<void> {
  const { azs, guessPerSecond } = options;
  desk.say(`Measuring ${azs.join(', ')}, the other AZs shifted away: each rate until ${probeOrders.toLocaleString('en-GB')} orders are answered.`);
  desk.say(`That takes about ${minutes(estimateSeconds(azs.length, guessPerSecond))}. Leave the machine alone meanwhile.`);
  const tryRate = prober(desk.api, seed, probeOrders);
  const evidence = await measureCapacity({
    ...options, api: desk.api, signal,
    tryRate: async (az, ratePerSecond, ...others) => {
      const asked = ratesOfProbe(ratePerSecond);
      await desk.noteRates(asked);
      rates.push(...asked);
      desk.enter({ az, phase: `${ratePerSecond}/s`, sinceMs: Date.now() });
      return tryRate(az, ratePerSecond, ...others);
    },
    onProgress: (az, ratePerSecond, probe, progress) => desk.tell({ type: 'probe.going', az, ratePerSecond, probe, ...progress }),
    onProbe: (partial) => {
      writeEvidence(desk.reportFolder, partial);
      const last = partial.probes.at(-1);
      if (last !== undefined) desk.tell({ type: 'probe.done', az: last.az, evidence: partial });
    },
  });
  // Where all was known already there was no probe.
  writeEvidence(desk.reportFolder, evidence);
}

function guessFor(region: Region, ovensPerKitchen: number | null): number {
  const { ovensPerAz, bakeMeanMs } = capacityConditions(region, ovensPerKitchen);
  return ratedFromModel(ovensPerAz, bakeMeanMs) * KNEE_OF_RATED;
}

function minutes(seconds: number): string {
  return `${Math.max(1, Math.round(seconds / 60))} min`;
}
