/** The charts of one run: what customers offered and got, how fast, from which AZ, and what the host did meanwhile. */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { LATE_MS } from '#contracts/records.ts';
import { SHARE_MAX, SHARE_MIN } from '#chaos/verdict/balance.ts';
import { THRESHOLDS } from '#chaos/verdict/thresholds.ts';
import { valueScale, type Scale } from '../drawing/axis.ts';
import { count, duration, percent } from '../figure-text.ts';
import type { ReportedRun } from '../report.ts';
import { inColumns } from './columns.ts';
import { bandOf, barsOf, chart, lineOf, type Axes, type Chart, type LegendEntry, type Moment, type Stretch } from './plot.ts';

const TICKS = 4;

interface Common extends Pick<Chart, 'span' | 'stretches' | 'moments'> {
  isDetailed: boolean;
  /** What layers are drawn over: columns, where {@link Common.span} is seconds. */
  columns: Axes['span'];
}
type PerSecond = readonly (number | null)[];

/** Figures in the order in which they are read. @param isDetailed each second shows its figures when it is pointed at @param each seconds of a column */
export function charts(one: ReportedRun, isDetailed: boolean, each: number): string {
  const { firstS, seconds } = one.series;
  const series = inColumns(one.series, each);
  const common: Common = { span: { firstS, seconds }, columns: { firstS, seconds: series.seconds }, stretches: stretchesOf(one), moments: momentsOf(one), isDetailed };
  return [ordersChart, latencyChart, shareChart, latencyByAzChart, hostChart, lagChart].map((draw) => draw({ ...one, series }, common)).join('');
}

const azLegend: readonly LegendEntry[] = AVAILABILITY_ZONES.map((az) => ({ text: az, swatch: az }));

function ordersChart({ run, series }: ReportedRun, common: Common): string {
  const { total, byAz } = series;
  const axes: Axes = { span: common.columns, scale: scaleOf(total.offered) };
  const floors: number[][] = [total.offered.map(() => 0)];
  for (const az of AVAILABILITY_ZONES) floors.push(byAz[az].answered.map((answered, second) => answered + (floors.at(-1)?.[second] ?? 0)));
  const areas = AVAILABILITY_ZONES.flatMap((az, at) => {
    const tops = floors[at + 1] ?? [];
    return [bandOf(axes, tops, floors[at] ?? [], az), lineOf(axes, tops, `${az} thin`)];
  });
  return chart({
    ...axes, ...common,
    id: `${run.az}-orders`, title: 'Orders per second',
    description: `Answered, by the AZ that did, under what was offered; bars are orders that failed (${count(run.requests.failed)}) or were late (${count(run.requests.late)}).`,
    axisText: count,
    legend: [...azLegend, { text: 'offered', swatch: 'offered' }, { text: 'late', swatch: 'late' }, { text: 'failed', swatch: 'failed' }],
    layers: [...areas, lineOf(axes, total.offered, 'offered'), barsOf(axes, total.late, 'late'), barsOf(axes, total.failed, 'failed')],
    secondText: says(common, series, (second) => [
      ['offered', count(total.offered[second] ?? 0)], ['answered', count(total.answered[second] ?? 0)],
      ...AVAILABILITY_ZONES.map((az): [string, string] => [`  ${az}`, count(byAz[az].answered[second] ?? 0)]),
      ['late', count(total.late[second] ?? 0)], ['failed', count(total.failed[second] ?? 0)],
    ]),
  });
}

function latencyChart({ run, series }: ReportedRun, common: Common): string {
  const { p50Ms, p99Ms, maxMs } = series.total;
  const axes: Axes = { span: common.columns, scale: scaleOf(maxMs) };
  const isLateShown = axes.scale.max >= LATE_MS;
  return chart({
    ...axes, ...common,
    id: `${run.az}-latency`, title: 'Latency of answered orders',
    description: 'From the intended send time to the last byte: the median, the slowest in a hundred, the slowest of each second.',
    axisText: duration,
    legend: [{ text: 'p50', swatch: 'p50' }, { text: 'p50 to p99', swatch: 'band' }, { text: 'slowest', swatch: 'slowest' }, ...(isLateShown ? [{ text: 'late from here on', swatch: 'limit' }] : [])],
    layers: [...(isLateShown ? [lineOf(axes, maxMs.map(() => LATE_MS), 'limit')] : []), bandOf(axes, p99Ms, p50Ms, 'band'), lineOf(axes, maxMs, 'slowest'), lineOf(axes, p99Ms, 'p99'), lineOf(axes, p50Ms, 'p50')],
    secondText: says(common, series, (second) => [['p50', timeText(p50Ms, second)], ['p99', timeText(p99Ms, second)], ['slowest', timeText(maxMs, second)]]),
  });
}

function shareChart({ run, series }: ReportedRun, common: Common): string {
  const { shareByAz } = series;
  const axes: Axes = { span: common.columns, scale: valueScale([], TICKS, 0, 1) };
  const all = (share: number): number[] => series.total.offered.map(() => share);
  return chart({
    ...axes, ...common,
    id: `${run.az}-share`, title: 'Share of the answered orders',
    description: `Of each AZ. In the band (${percent(SHARE_MIN)} to ${percent(SHARE_MAX)}) the AZs are balanced.`,
    axisText: percent,
    legend: [...azLegend, { text: 'balanced', swatch: 'even' }],
    layers: [bandOf(axes, all(SHARE_MAX), all(SHARE_MIN), 'even'), ...AVAILABILITY_ZONES.map((az) => lineOf(axes, shareByAz[az], az))],
    secondText: says(common, series, (second) => AVAILABILITY_ZONES.map((az) => [az, percent(shareByAz[az][second] ?? null)])),
  });
}

function latencyByAzChart({ run, series }: ReportedRun, common: Common): string {
  const { byAz } = series;
  const axes: Axes = { span: common.columns, scale: scaleOf(AVAILABILITY_ZONES.flatMap((az) => byAz[az].p99Ms)) };
  return chart({
    ...axes, ...common,
    id: `${run.az}-latency-by-az`, title: 'p99 latency by AZ',
    description: 'Of the orders that each AZ answered; no line while it answered none.',
    axisText: duration, legend: azLegend,
    layers: AVAILABILITY_ZONES.map((az) => lineOf(axes, byAz[az].p99Ms, az)),
    secondText: says(common, series, (second) => AVAILABILITY_ZONES.map((az) => [az, timeText(byAz[az].p99Ms, second)])),
  });
}

function hostChart({ run, series }: ReportedRun, common: Common): string {
  const axes: Axes = { span: common.columns, scale: valueScale([], 2, 0, 1) };
  return chart({
    ...axes, ...common,
    id: `${run.az}-host`, title: 'Host processors in use', isLow: true,
    description: `Of all processors; at most ${percent(run.host.cpuMax)} over 5 s until healing began.`,
    axisText: percent, legend: [{ text: `too busy to measure: ${percent(THRESHOLDS.cpuShareMax)} over 5 s`, swatch: 'limit' }],
    layers: [bandOf(axes, series.cpuShare, series.cpuShare.map(() => 0), 'host'), lineOf(axes, series.cpuShare.map(() => THRESHOLDS.cpuShareMax), 'limit'), lineOf(axes, series.cpuShare, 'host')],
    secondText: says(common, series, (second) => [['processors', percent(series.cpuShare[second] ?? null)]]),
  });
}

function lagChart({ run, series }: ReportedRun, common: Common): string {
  const axes: Axes = { span: common.columns, scale: valueScale(known(series.generatorLagMsP99), 2, 0) };
  return chart({
    ...axes, ...common,
    id: `${run.az}-lag`, title: 'How late the load generator was', isLow: true,
    description: `p99 of each second; ${run.host.generatorLagMsP99.toFixed(1)} ms over the run.`,
    axisText: (tick) => `${tick.toFixed(axes.scale.decimals)} ms`, legend: [],
    layers: [lineOf(axes, series.generatorLagMsP99, 'host')],
    secondText: says(common, series, (second) => [['late (p99)', timeText(series.generatorLagMsP99, second)]]),
  });
}

/** The fault, and what came after healing began. */
function stretchesOf({ facts, series, run }: ReportedRun): Stretch[] {
  const since = (atMs: number): number => (atMs - series.zeroMs) / 1000;
  const { faultWindow, after } = facts;
  return [
    ...(faultWindow === null ? [] : [{ kind: 'fault' as const, fromS: since(faultWindow.fromMs), toS: since(faultWindow.toMs), text: run.fault }]),
    ...(after === null ? [] : [{ kind: 'recovery' as const, fromS: since(after.fromMs), toS: since(after.toMs), text: 'healing' }]),
  ];
}

function momentsOf({ run: { timelineMs }, facts }: ReportedRun): Moment[] {
  if (facts.faultMs === null) return [];
  const moment = (atMs: number | null, text: string): Moment[] => (atMs === null ? [] : [{ atS: atMs / 1000, text }]);
  return moment(timelineMs.balanced, 'balanced');
}

/** Room for the band of a latency, from 0. */
function scaleOf(values: PerSecond): Scale {
  return valueScale(known(values), TICKS, 0);
}

function known(values: PerSecond): number[] {
  return values.filter((value): value is number => value !== null);
}

function timeText(values: PerSecond, second: number): string {
  const value = values[second] ?? null;
  return value === null ? 'none' : `${value.toFixed(1)} ms`;
}

type Figures = readonly (readonly [name: string, value: string])[];

/** Head and figures of a second; null where nobody is to point at it. */
function says({ isDetailed }: Common, { firstS }: ReportedRun['series'], figures: (second: number) => Figures): Chart['secondText'] {
  if (!isDetailed) return null;
  return (second) => [`second ${firstS + second} after the fault`, ...figures(second).map(([name, value]) => `${name}: ${value}`)].join('\n');
}
