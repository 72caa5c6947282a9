/** The figures of the links' benchmark: what is measured, its bar, and the table of both servers side by side. */
import { quantile } from '#simulation/figures.ts';

export interface Measure {
  id: string;
  name: string;
  unit: 'µs' | 'ms' | 'MB/s' | '';
  /** What ours has to keep; null where only the ratio is of interest. */
  bar: { atMost: number } | { atLeast: number } | null;
  digits: number;
}

/** In the order of the table. Bars: the issue's, and G3 to G11 and G20 of the goals for the whole. */
export const MEASURES = [
  { id: 'addedP50', name: 'added round trip, p50', unit: 'µs', bar: { atMost: 200 }, digits: 0 },
  { id: 'addedP99', name: 'added round trip, p99', unit: 'µs', bar: null, digits: 0 },
  { id: 'stream', name: 'one stream', unit: 'MB/s', bar: { atLeast: 150 }, digits: 0 },
  { id: 'latencyP50', name: 'latency error at 20 ms, p50', unit: 'ms', bar: { atMost: 2 }, digits: 2 },
  { id: 'latencyP99', name: 'latency error at 20 ms, p99', unit: 'ms', bar: { atMost: 15 }, digits: 2 },
  { id: 'add', name: 'add a toxic, connections open', unit: 'ms', bar: { atMost: 50 }, digits: 1 },
  { id: 'remove', name: 'remove a toxic, connections open', unit: 'ms', bar: { atMost: 50 }, digits: 1 },
  { id: 'disable', name: 'disable, connections open', unit: 'ms', bar: { atMost: 150 }, digits: 1 },
  { id: 'start', name: 'process start', unit: 'ms', bar: { atMost: 500 }, digits: 0 },
  { id: 'hungDial', name: 'disable during a hung dial', unit: 'ms', bar: { atMost: 100 }, digits: 1 },
  { id: 'intact', name: 'writes intact under toggles, share', unit: '', bar: { atLeast: 1 }, digits: 4 },
  { id: 'deaths', name: 'deaths by random toxics', unit: '', bar: { atMost: 0 }, digits: 0 },
  { id: 'slowCalls', name: 'calls over 1 s among them', unit: '', bar: { atMost: 0 }, digits: 0 },
  { id: 'bystander', name: "other proxy's failures meanwhile", unit: '', bar: { atMost: 0 }, digits: 0 },
  { id: 'seeds', name: 'repeats of a seed alike, share', unit: '', bar: { atLeast: 1 }, digits: 2 },
] as const satisfies readonly Measure[];

export type MeasureId = (typeof MEASURES)[number]['id'];

/** Values by measure: one a round, or one for all. */
export class Figures {
  readonly #values = new Map<MeasureId, number[]>();

  add(id: MeasureId, value: number): void {
    this.#values.set(id, [...(this.#values.get(id) ?? []), value]);
  }

  /** Null when it was not measured. */
  median(id: MeasureId): number | null {
    const values = this.#values.get(id);
    return values === undefined ? null : median(values);
  }
}

export interface Row {
  id: MeasureId;
  name: string;
  unit: string;
  bar: string;
  ours: number | null;
  reference: number | null;
  /** Ours ÷ the reference's; null where it says nothing. */
  ratio: number | null;
  met: boolean | null;
}

export function rows(ours: Figures, reference: Figures | null): Row[] {
  return MEASURES.map((measure): Row => {
    const { id, name, unit, bar } = measure;
    const [own, theirs] = [ours.median(id), reference?.median(id) ?? null];
    return {
      id,
      name,
      unit,
      bar: bar === null ? '' : `${'atMost' in bar ? '≤' : '≥'} ${'atMost' in bar ? bar.atMost : bar.atLeast}`,
      ours: own,
      reference: theirs,
      ratio: own === null || theirs === null || theirs === 0 ? null : own / theirs,
      met: own === null || bar === null ? null : 'atMost' in bar ? own <= bar.atMost : own >= bar.atLeast,
    };
  });
}

/** The table as text, a line each. */
export function tableLines(rows: readonly Row[]): string[] {
  const show = (row: Row, value: number | null): string => (value === null ? '–' : `${value.toFixed(MEASURES.find(({ id }) => id === row.id)?.digits ?? 0)} ${row.unit}`.trim());
  return [
    `${''.padEnd(36)}${'bar'.padStart(9)}${'ours'.padStart(13)}${'reference'.padStart(14)}${'ratio'.padStart(9)}  met`,
    ...rows.map((row) =>
      `${row.name.padEnd(36)}${row.bar.padStart(9)}${show(row, row.ours).padStart(13)}${show(row, row.reference).padStart(14)}${(row.ratio === null ? '' : row.ratio.toFixed(2)).padStart(9)}  ${row.met === null ? '' : row.met ? 'yes' : 'NO'}`.trimEnd(),
    ),
  ];
}

export function median(values: readonly number[]): number {
  return quantile(values.toSorted((a, b) => a - b), 0.5);
}

export function p99(values: readonly number[]): number {
  return quantile(values.toSorted((a, b) => a - b), 0.99);
}
