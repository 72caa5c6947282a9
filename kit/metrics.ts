/**
 * The registry of a program with the few process metrics that are worth their bytes. prom-client's default
 * set is left out: 22 processes at 50 kB a scrape cost a tenth of a core. Labels of the place (`az`, `dc`,
 * `role`, `service`) come from the scrape, never from here.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import { METRIC } from '#contracts/metrics.ts';
import { eventLoopLagMs } from './event-loop-lag.ts';

/** @param version of the program, the only label that a process adds about itself */
export function createMetrics(version: string): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: METRIC.buildInfo, help: 'Always 1; the label says what runs.', labelNames: ['version'], registers }).set({ version }, 1);
  eventLoopLagMs();
  new Gauge({
    name: METRIC.eventLoopLag,
    help: 'Worst delay of the event loop in the last second.',
    registers,
    collect() {
      this.set(eventLoopLagMs() / 1000);
    },
  });
  new Gauge({
    name: METRIC.residentMemory,
    help: 'Resident memory size in bytes.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({ name: METRIC.startTime, help: 'Start time of the process since the epoch in seconds.', registers }).set(performance.timeOrigin / 1000);
  let countedS = 0;
  new Counter({
    name: METRIC.cpuSeconds,
    help: 'Processor time used, user and system, in seconds.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const usedS = (user + system) / 1e6;
      this.inc(Math.max(0, usedS - countedS));
      countedS = Math.max(countedS, usedS);
    },
  });
  return registry;
}
