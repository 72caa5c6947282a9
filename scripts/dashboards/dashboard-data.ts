/** What the queries of a dashboard give for a stretch of time, ready to be drawn: asked of Prometheus as Grafana would ask. */
import { fillIn } from './placeholders.ts';
import type { PrometheusApi, Series } from './prometheus-api.ts';
import { seriesName, type Mark, type NamedSeries, type Panel, type PanelData, type Span } from './drawing/panel.ts';

/** A dashboard as Grafana loads it, as far as it is drawn. */
export interface Dashboard {
  title: string;
  description: string;
  panels: Panel[];
  annotations: { list: { target?: { expr: string }; titleFormat?: string }[] };
}

export interface Shown extends Span {
  stepS: number;
  /** What is picked in the dashboard's variables. */
  az: string;
  instance: string;
}

/** Data by the id of its panel. @throws Error with Prometheus's refusal */
export async function dataOf(prometheus: PrometheusApi, dashboard: Dashboard, shown: Shown): Promise<(panel: Panel) => PanelData> {
  const { fromS, toS, stepS } = shown;
  const span = { fromS, toS };
  const fill = (expr: string): string => fillIn(expr, { ...shown, rangeS: toS - fromS });
  const ask = (expr: string, instant: boolean): Promise<Series[]> => (instant ? prometheus.query(fill(expr), toS) : prometheus.queryRange(fill(expr), fromS, toS, stepS));
  const marks: Mark[] = [];
  for (const { target, titleFormat = '' } of dashboard.annotations.list) if (target !== undefined) marks.push(...marksOf(await ask(target.expr, false), titleFormat, stepS));
  const data = new Map<number, PanelData>();
  for (const { id, targets = [] } of dashboard.panels) {
    const series: NamedSeries[] = [];
    for (const { expr, legendFormat = '', instant = false } of targets) {
      for (const one of await ask(expr, instant)) series.push({ ...one, name: seriesName(legendFormat, one.labels) });
    }
    data.set(id, { span, marks, series: inOrder(series) });
  }
  return ({ id }) => data.get(id) ?? { span, marks, series: [] };
}

/** Stretches in which an annotation's query is above nothing. */
export function marksOf(series: readonly Series[], title: string, stepS: number): Mark[] {
  return series.flatMap(({ labels, points }) => {
    const marks: Mark[] = [];
    for (const [at, value] of points) {
      if (!(value > 0)) continue;
      const last = marks.at(-1);
      if (last !== undefined && at - last.toS < stepS * 2) last.toS = at;
      else marks.push({ fromS: at, toS: at, text: seriesName(title, labels) });
    }
    return marks;
  });
}

/** By name where labels make the names, else as the panel asks: p50 before p99. */
function inOrder(series: NamedSeries[]): NamedSeries[] {
  const isNamedByLabels = new Set(series.map(({ labels }) => Object.keys(labels).join())).size === 1 && Object.keys(series[0]?.labels ?? {}).length > 0;
  return isNamedByLabels ? series.sort((a, b) => a.name.localeCompare(b.name)) : series;
}
