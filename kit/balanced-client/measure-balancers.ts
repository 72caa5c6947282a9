/** What a program's balanced clients did and think, as metrics, read when somebody scrapes. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { METRIC } from '#contracts/metrics.ts';
import type { BalancedClient } from '../balanced-client.ts';

const STATES = ['unknown', 'up', 'doubtful', 'down', 'returning'] as const;

/** The part of a balanced client that is measured. */
export type MeasuredBalancer = Pick<BalancedClient, 'counters' | 'opinion' | 'tally'>;

/** @param balancers by upstream */
export function measureBalancers(registry: Registry, balancers: Readonly<Record<string, MeasuredBalancer>>): void {
  const registers = [registry];
  const all = Object.entries(balancers);
  const sums = {
    [METRIC.upstreamRequests]: { help: 'Requests that were to be sent upstream.', read: 'requests' },
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
        for (const [target, count] of Object.entries(balancer.tally().ejections)) this.inc({ upstream, target }, count);
      }
    },
  });
  measureOpinions(registry, all);
}

function measureOpinions(registry: Registry, all: readonly [string, MeasuredBalancer][]): void {
  const registers = [registry];
  new Gauge({
    name: METRIC.targetState,
    help: '1 for the state that a target is in.',
    labelNames: ['upstream', 'target', 'state'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, balancer] of all) {
        for (const { target, state } of balancer.opinion().targets) {
          for (const one of STATES) this.set({ upstream, target, state: one }, one === state ? 1 : 0);
        }
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
