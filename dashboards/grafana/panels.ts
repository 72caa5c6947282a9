/**
 * The four kinds of panel that our dashboards have. Title, description and unit are asked for by type, so that no
 * panel goes without; everything else is the same everywhere.
 */
import {
  BigValueColorMode, BigValueGraphMode, BigValueTextMode, GraphDrawStyle, LegendDisplayMode, LegendPlacement, LineInterpolation, ReduceDataOptionsBuilder, SortOrder, StackingConfigBuilder, StackingMode,
  TooltipDisplayMode, VisibilityMode, VizLegendOptionsBuilder, VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { DashboardLinkBuilder, type DynamicConfigValue, type MatcherConfig, type ThresholdsConfigBuilder, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { azColours, byThreshold } from './look.ts';

/** The data source that is provisioned, by its uid. */
export const DATA_SOURCE = { type: 'prometheus', uid: 'prometheus' };

/** Units by Grafana's ids. */
type Unit = 'percentunit' | 's' | 'reqps' | 'short' | 'bytes' | 'Bps' | 'none' | 'dateTimeFromNow' | 'cps';

interface Query {
  expr: string;
  /** Name of the series; `{{label}}` is its label. */
  legend: string;
}

interface PanelParts {
  title: string;
  /** What it shows, what is normal, and what else means. */
  description: string;
  unit: Unit;
  queries: readonly Query[];
  /** Of the 24 columns. */
  width: number;
  height?: number;
}

interface LinesParts extends PanelParts {
  min?: number;
  max?: number;
  decimals?: number;
  stacked?: boolean;
  overrides?: { matcher: MatcherConfig; properties: DynamicConfigValue[] }[];
  /** Where a click on a series leads: a path of this Grafana. */
  leadsTo?: { title: string; url: string };
}

/** Figures over time. */
export function lines({ title, description, unit, queries, width, height = 7, min = 0, max, decimals, stacked = false, overrides = [], leadsTo }: LinesParts): LinesPanel {
  const panel = new LinesPanel()
    .title(title).description(description).unit(unit).datasource(DATA_SOURCE).span(width).height(height).min(min)
    .targets(queries.map(({ expr, legend }, at) => target(expr, at).range().legendFormat(legend)))
    .drawStyle(GraphDrawStyle.Line).lineInterpolation(LineInterpolation.Linear).lineWidth(stacked ? 1 : 2).fillOpacity(stacked ? 40 : 6).showPoints(VisibilityMode.Never)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true).calcs([]))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .overrides([...azColours(), ...overrides]);
  if (max !== undefined) panel.max(max);
  if (decimals !== undefined) panel.decimals(decimals);
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (leadsTo !== undefined) panel.dataLinks([new DashboardLinkBuilder(leadsTo.title).url(leadsTo.url)]);
  return panel;
}

interface FigureParts extends PanelParts {
  thresholds: ThresholdsConfigBuilder;
  mappings?: ValueMapping[];
  decimals?: number;
  max?: number;
}

/** One figure, or one for each series, as it is now. */
export function figure({ title, description, unit, queries, width, height = 4, thresholds, mappings, decimals, max }: FigureParts): StatPanel {
  const panel = new StatPanel()
    .title(title).description(description).unit(unit).datasource(DATA_SOURCE).span(width).height(height)
    .targets(queries.map(({ expr, legend }, at) => target(expr, at).instant().legendFormat(legend)))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false))
    .colorMode(BigValueColorMode.Background).graphMode(BigValueGraphMode.None).textMode(queries.length > 1 || /\{\{/.test(queries[0]?.legend ?? '') ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .colorScheme(byThreshold()).thresholds(thresholds).noValue('no data');
  if (mappings !== undefined) panel.mappings(mappings);
  if (decimals !== undefined) panel.decimals(decimals);
  if (max !== undefined) panel.max(max);
  return panel;
}

interface TimelineParts extends PanelParts {
  thresholds: ThresholdsConfigBuilder;
  mappings: ValueMapping[];
}

/** States over time, one row for each series. */
export function timeline({ title, description, unit, queries, width, height = 7, thresholds, mappings }: TimelineParts): TimelinePanel {
  return new TimelinePanel()
    .title(title).description(description).unit(unit).datasource(DATA_SOURCE).span(width).height(height)
    .targets(queries.map(({ expr, legend }, at) => target(expr, at).range().legendFormat(legend)))
    .colorScheme(byThreshold()).thresholds(thresholds).mappings(mappings)
    .showValue(VisibilityMode.Never).mergeValues(true).rowHeight(0.85).lineWidth(0).fillOpacity(80)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true).calcs([]))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single).sort(SortOrder.None));
}

interface TableParts extends PanelParts {
  /** Columns in their order, by label; `Value` is the figure. */
  columns: Readonly<Record<string, string>>;
  noValue: string;
}

/** Series as rows, their labels as columns. */
export function table({ title, description, unit, queries, width, height = 7, columns, noValue }: TableParts): TablePanel {
  const names = Object.keys(columns);
  return new TablePanel()
    .title(title).description(description).unit(unit).datasource(DATA_SOURCE).span(width).height(height).noValue(noValue)
    .targets(queries.map(({ expr, legend }, at) => target(expr, at).instant().format(PromQueryFormat.Table).legendFormat(legend)))
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names } } })
    .withTransformation({ id: 'organize', options: { indexByName: Object.fromEntries(names.map((name, at) => [name, at])), renameByName: columns } })
    .showHeader(true);
}

function target(expr: string, at: number): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATA_SOURCE).refId(String.fromCharCode('A'.charCodeAt(0) + at)).expr(expr);
}
