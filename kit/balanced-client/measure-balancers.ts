/** What a program's balanced clients did and think, as metrics, read when somebody scrapes. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { METRIC } from '#contracts/metrics.ts';
import type { BalancedClient } from '../balanced-client.ts';

const STATES = ['unknown', 'up', 'doubtful', 'down', 'returning'] as const;
const RETRIES_REFUSED = ['budget', 'not-replayable', 'no-other-target', 'retried-below'] as const;

/** What a balancer decides without a reason in one word. */
const DECISIONS = [
  'target.probe-failed', 'target.doubted', 'target.returned', 'request.rescued', 'zone.shifted', 'zone.spill-changed',
  'fail-open.entered', 'fail-open.left', 'lag.discarded',
] as const;
const EJECTED_FOR = [
  'probe-timeout', 'probe-refused', 'probe-status', 'wrong-instance', 'draining', 'transport-failures', 'try-timeout', 'stalled', 'restarted',
] as const;

/** The part of a balanced client that is measured. */
export type MeasuredBalancer = Pick<BalancedClient, 'counters' | 'firstAttempts' | 'opinion' | 'tally'>;

/** @param balancers by upstream */
export function measureBalancers(registry: Registry, balancers: Readonly<Record<string, MeasuredBalancer>>): void {
  const registers = [registry];
  const all = Object.entries(balancers);
  const sums = {
    [METRIC.upstreamRequests]: { help: 'Requests that were to be sent upstream.', read: 'requests' },
    [METRIC.upstreamFailed]: { help: 'Requests that got no answer or one of 5xx, whatever was tried.', read: 'failed' },
    [METRIC.upstreamAttempts]: { help: 'Tries of those requests, re-sends included.', read: 'attempts' },
    [METRIC.upstreamRescues]: { help: 'Requests sent again because their target fell silent.', read: 'rescues' },
    [METRIC.upstreamRetries]: { help: 'Requests sent again because their target failed.', read: 'retries' },
  } as const;
  for (const [name, { help, read }] of Object.entries(sums)) {
    new Counter({
      name,
      help,
      labelNames: ['upstream'],
      registers,
      collect() {
        this.reset();
        for (const [upstream, balancer] of all) this.inc({ upstream }, balancer.counters()[read]);
      },
    });
  }
  new Counter({
    name: METRIC.upstreamRetriesRefused,
    help: 'Failed requests that were not sent again, by reason.',
    labelNames: ['upstream', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, balancer] of all) {
        for (const reason of RETRIES_REFUSED) this.inc({ upstream, reason }, 0);
        for (const [reason, count] of Object.entries(balancer.tally().retriesRefused)) this.inc({ upstream, reason }, count);
      }
    },
  });
  new Counter({
    name: METRIC.targetEjections,
    help: 'Times that a target was taken out of rotation.',
    labelNames: ['upstream', 'target'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, balancer] of all) {
        for (const { target } of balancer.opinion().targets) this.inc({ upstream, target }, 0);
        for (const [target, count] of Object.entries(balancer.tally().ejections)) this.inc({ upstream, target }, count);
      }
    },
  });
  measureDecisions(registry, all);
  measureFirstAttempts(registry, all);
  measureOpinions(registry, all);
}

/** Series begin at 0: one that begins with its first event hides that event from every rate. */
function measureDecisions(registry: Registry, all: readonly [string, MeasuredBalancer][]): void {
  new Counter({
    name: METRIC.decisions,
    help: 'Changes of mind, by what was decided and, for ejections, retries and refusals, why.',
    labelNames: ['upstream', 'decision', 'reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [upstream, balancer] of all) {
        for (const decision of DECISIONS) this.inc({ upstream, decision, reason: '' }, 0);
        for (const reason of EJECTED_FOR) this.inc({ upstream, decision: 'target.ejected', reason }, 0);
        for (const { decision, reason, count } of Object.values(balancer.tally().decisions)) this.inc({ upstream, decision, reason }, count);
      }
    },
  });
}

/** Re-sends must not launder an AZ's failures, hence the first attempts. */
function measureFirstAttempts(registry: Registry, all: readonly [string, MeasuredBalancer][]): void {
  const counters = { [METRIC.firstAttempts]: 'sent', [METRIC.firstAttemptsFailed]: 'failed' } as const;
  for (const [name, read] of Object.entries(counters)) {
    new Counter({
      name,
      help: read === 'sent' ? 'First attempts, by AZ that they went to.' : 'First attempts that failed or came too late, by AZ that they went to.',
      labelNames: ['upstream', 'zone'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [upstream, balancer] of all) {
          for (const { target, zone } of balancer.opinion().targets) this.inc({ upstream, zone: zone ?? target }, 0);
          for (const [zone, attempts] of Object.entries(balancer.firstAttempts())) this.inc({ upstream, zone }, attempts[read]);
        }
      },
    });
  }
}

function measureOpinions(registry: Registry, all: readonly [string, MeasuredBalancer][]): void {
  const registers = [registry];
  new Gauge({
    name: METRIC.targetState,
    help: '1 for the state that a target is in.',
    labelNames: ['upstream', 'target', 'zone', 'state'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, balancer] of all) {
        for (const { target, zone, state } of balancer.opinion().targets) {
          for (const one of STATES) this.set({ upstream, target, zone: zone ?? '', state: one }, one === state ? 1 : 0);
        }
      }
    },
  });
  new Gauge({
    name: METRIC.targetLatency,
    help: 'What the balancer expects an answer to take, in seconds: the peak EWMA that it chooses by.',
    labelNames: ['upstream', 'target', 'zone'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, balancer] of all) {
        for (const { target, zone, ewmaMs } of balancer.opinion().targets) this.set({ upstream, target, zone: zone ?? '' }, ewmaMs / 1000);
      }
    },
  });
  new Gauge({
    name: METRIC.zoneShifted,
    help: '1 while traffic is shifted away from the AZ.',
    labelNames: ['upstream', 'zone'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, balancer] of all) {
        const { targets, shiftedZones } = balancer.opinion();
        for (const { zone } of targets) if (zone !== null) this.set({ upstream, zone }, 0);
        for (const { zone } of shiftedZones) this.set({ upstream, zone }, 1);
      }
    },
  });
  new Gauge({
    name: METRIC.zoneSpill,
    help: "Share of the own zone's traffic that goes to other zones, 0 to 1.",
    labelNames: ['upstream'],
    registers,
    collect() {
      for (const [upstream, balancer] of all) this.set({ upstream }, balancer.opinion().spill);
    },
  });
  new Gauge({
    name: METRIC.failOpen,
    help: '1 while too few targets are healthy and sick ones that answer are used too.',
    labelNames: ['upstream'],
    registers,
    collect() {
      for (const [upstream, balancer] of all) this.set({ upstream }, balancer.opinion().failOpen ? 1 : 0);
    },
  });
}
