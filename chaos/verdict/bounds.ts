/** What a document demands of one metric, for those who show or compare single figures. */
import type { ExperimentMetric } from '#contracts/experiment-metrics.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';

type Demanding = Pick<ExperimentDocument, 'assertions'>;

/** In the metric's unit; null where nothing is demanded. Of several assertions on a metric the first counts. */
export function maxOf({ assertions }: Demanding, metric: ExperimentMetric): number | null {
  return assertions.find((assertion) => assertion.metric === metric)?.max ?? null;
}

/** The same for what it must reach at least. */
export function minOf({ assertions }: Demanding, metric: ExperimentMetric): number | null {
  return assertions.find((assertion) => assertion.metric === metric)?.min ?? null;
}

/** The same document with another bound on a metric that it has one on. */
export function withMax<T extends Demanding>(document: T, metric: ExperimentMetric, max: number): T {
  return { ...document, assertions: document.assertions.map((assertion) => (assertion.metric === metric ? { ...assertion, max } : assertion)) };
}

/** A document without any assertion only measures: no figure of it can be too bad. */
export function onlyMeasures({ assertions }: Demanding): boolean {
  return assertions.length === 0;
}
