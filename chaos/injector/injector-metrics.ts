/**
 * What the injector shows to Prometheus: the faults that it holds, how many it made, and what experiments found last.
 * A fault's series stay at 0 once they are there, so that its beginning and its end are changes and not appearances,
 * which dashboards would not draw and alerts would not see.
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { FAULT_VERBS, type Fault, type FaultVerb } from '#contracts/faults.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { METRIC } from '#contracts/metrics.ts';
import type { VerdictReport } from '#contracts/verdict-report.ts';

/** Targets and verdicts beyond these are not shown: a script that makes up names must not fill Prometheus. */
const VERDICTS_MAX = 100;
const TARGETS_MAX = 100;

type HeldFault = Pick<Fault, 'verb' | 'target'>;

export class InjectorMetrics {
  readonly #made: Counter<'verb'>;
  readonly #last = new Map<string, VerdictReport>();

  /** @param held faults that are active or healing, asked at every scrape */
  constructor(registry: Registry, held: () => readonly HeldFault[]) {
    const registers = [registry];
    const last = this.#last;
    this.#made = new Counter({ name: METRIC.faults, help: 'Faults that were made, by verb.', labelNames: ['verb'], registers });
    for (const verb of FAULT_VERBS) this.#made.inc({ verb }, 0);
    const seen = new Map<string, HeldFault>();
    for (const verb of FAULT_VERBS) for (const target of AVAILABILITY_ZONES) seen.set(`${verb} ${target}`, { verb, target });
    new Gauge({
      name: METRIC.faultActive,
      help: '1 while the injector holds the fault.',
      labelNames: ['verb', 'target'],
      registers,
      collect() {
        for (const { verb, target } of seen.values()) this.set({ verb, target }, 0);
        for (const { verb, target } of held()) {
          if (seen.size < TARGETS_MAX) seen.set(`${verb} ${target}`, { verb, target });
          if (seen.has(`${verb} ${target}`)) this.set({ verb, target }, 1);
        }
      },
    });
    new Gauge({
      name: METRIC.verdictLast,
      help: 'When the last run of an experiment on an AZ ended, in seconds since the epoch; the label says what it found.',
      labelNames: ['experiment', 'zone', 'verdict'],
      registers,
      collect() {
        this.reset();
        for (const { experiment, az: zone, verdict, atMs } of last.values()) this.set({ experiment, zone, verdict }, atMs / 1000);
      },
    });
  }

  faultMade(verb: FaultVerb): void {
    this.#made.inc({ verb });
  }

  /** @returns false when there are too many to show another */
  verdictFound(report: VerdictReport): boolean {
    const key = `${report.experiment} ${report.az}`;
    if (!this.#last.has(key) && this.#last.size >= VERDICTS_MAX) return false;
    this.#last.set(key, report);
    return true;
  }
}
