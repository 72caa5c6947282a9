/** One run on the page: its verdict and why, its charts, where the time went, what it asserted, and the figures behind it all. */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import type { StampedEvent } from '#contracts/events.ts';
import { element, escaped } from '../drawing/markup.ts';
import { count, duration, expectationText, faultText, percent, ratio } from '../figure-text.ts';
import type { ReportedRun } from '../report.ts';
import { assertionTable, headroomTable, latencyTable, timelineTable, type Table } from '../run-tables.ts';
import { shareOfLimit } from '../worst-facts.ts';
import { charts } from './charts.ts';
import { htmlTable } from './html-table.ts';
import { stateBadge } from './state-badge.ts';
import { timeBars } from './time-bars.ts';

/** A region's balancers may change their minds for ever; a page has an end. */
const OPINIONS_MAX = 150;

/** @param isDetailed with the figures of each second @param each seconds of a column of the charts */
export function runSection(one: ReportedRun, isDetailed: boolean, each: number): string {
  const { run, assertions, exclusions } = one;
  return element(
    'section', { class: 'run', id: run.az, 'aria-labelledby': `${run.az}-head` },
    element('h2', { id: `${run.az}-head` }, element('i', { class: `swatch ${run.az}` }, ''), escaped(run.az), ' ', stateBadge(run.verdict), ' ', element('small', {}, escaped([faultText(run), expectationText(one)].filter((text) => text !== '').join(', ')))),
    reasonsOf(one),
    keyFigures(one),
    element('div', { class: 'charts' }, charts(one, isDetailed, each)),
    element('h3', {}, 'Where the time went'),
    timeBars(one),
    element('div', { class: 'pair' }, htmlTable(timelineTable(one), `${run.az}: what was noticed when`), htmlTable(latencyTable(one), `${run.az}: latency by window`)),
    ...(assertions.length === 0 ? [] : [element('h3', {}, 'Assertions'), assertionsOf(one)]),
    element('h3', {}, 'Headroom'),
    headroomBars(one),
    htmlTable(headroomTable([one]), `${run.az}: headroom and host`, { cards: true }),
    ...(exclusions.length === 0 ? [] : [element('h3', {}, 'Not in the figures'), element('ul', {}, ...exclusions.map((text) => element('li', {}, escaped(text))))]),
    isDetailed ? behindTheCharts(one) : element('p', { class: 'none' }, `The run is too long for its figures second by second; records.ndjson.gz holds them.${each === 1 ? '' : ` Its charts show ${each} s at a time: failures, latencies and loads at their worst, rates and shares on average.`}`),
    opinionsOf(one),
  );
}

function reasonsOf({ run }: ReportedRun): string {
  return run.reasons.length === 0 ? '' : element('ul', { class: 'reasons' }, ...run.reasons.map((reason) => element('li', {}, escaped(reason))));
}

/** The figures that a claim of untouched customers is about. */
function keyFigures({ run }: ReportedRun): string {
  const { requests, timelineMs, addedLatencyMsMax, attemptsPerRequest, touched } = run;
  const tile = (value: string, name: string, isBad = false): string => element('div', { class: isBad ? 'tile bad' : 'tile' }, element('dd', {}, escaped(value)), element('dt', {}, escaped(name)));
  return element(
    'dl', { class: 'tiles' },
    tile(count(requests.failed), `orders failed of ${count(requests.offered)}`, requests.failed > 0),
    tile(count(requests.late), 'late (over 500 ms)'),
    tile(addedLatencyMsMax === null ? '–' : duration(addedLatencyMsMax), 'added to the slowest order'),
    tile(timelineMs.moved === null ? '–' : duration(timelineMs.moved), 'until orders had moved'),
    tile(attemptsPerRequest === null ? '–' : ratio(attemptsPerRequest), 'attempts per request, worst 10 s'),
    tile(count(touched), 'orders touched by the fault', touched === 0),
  );
}

function assertionsOf({ run, assertions }: ReportedRun): string {
  return htmlTable(assertionTable(assertions), `${run.az}: assertions`, {
    cards: true,
    cells: {
      state: (_text, row) => stateBadge(assertions[row]?.state ?? 'ERROR'),
      observed: (text, row) => {
        const one = assertions[row];
        const share = one === undefined ? null : shareOfLimit(one);
        return escaped(text) + (share === null ? '' : element('span', { class: share > 1 ? 'bullet over' : 'bullet', title: `${percent(share)} of what is allowed` }, element('i', { style: `width:${Math.min(100, share * 100).toFixed(0)}%` }, '')));
      },
    },
  });
}

/** The loss of an AZ leaves the others with what stands in the second bar; past the mark they are asked for more than they are rated for. */
function headroomBars({ run: { headroom } }: ReportedRun): string {
  const widest = Math.max(1.2, headroom.utilisationAfter);
  const bar = (name: string, used: number): string => element(
    'li', {}, element('b', {}, name),
    element('span', { class: 'bar' }, element('i', { class: used > 1 ? 'over' : 'used', style: `left:0;width:${((used / widest) * 100).toFixed(1)}%` }, ''), element('em', { style: `left:${(100 / widest).toFixed(1)}%` }, '')),
    element('span', { class: 'took' }, percent(used)),
  );
  return element('ul', { class: 'headroom' }, bar('before', headroom.utilisationBefore), bar('an AZ gone', headroom.utilisationAfter));
}

/** What the charts draw, second by second. */
function behindTheCharts({ run, series }: ReportedRun): string {
  const { total, byAz, shareByAz, firstS, seconds } = series;
  const time = (values: readonly (number | null)[], second: number): string => values[second]?.toFixed(0) ?? '–';
  const table: Table = {
    head: ['second', 'offered', 'answered', 'failed', 'late', 'p50 ms', 'p99 ms', 'slowest ms', ...AVAILABILITY_ZONES.flatMap((az) => [`${az} offered`, `${az} failed`, `${az} share`, `${az} p99 ms`]), 'menus failed', 'processors', 'lag ms'],
    rows: Array.from({ length: seconds }, (_, second) => [
      String(firstS + second), ...[total.offered, total.answered, total.failed, total.late].map((values) => String(values[second] ?? 0)),
      ...[total.p50Ms, total.p99Ms, total.maxMs].map((values) => time(values, second)),
      ...AVAILABILITY_ZONES.flatMap((az) => [String(byAz[az].offered[second] ?? 0), String(byAz[az].failed[second] ?? 0), percentOrDash(shareByAz[az][second]), time(byAz[az].p99Ms, second)]),
      String(series.menusFailed[second] ?? 0), percentOrDash(series.cpuShare[second]), series.generatorLagMsP99[second]?.toFixed(1) ?? '–',
    ]),
  };
  return element('details', {}, element('summary', {}, escaped(`The figures behind the charts of ${run.az}`)), htmlTable(table, `${run.az}, second by second after the fault`));
}

function opinionsOf({ run, opinions, series }: ReportedRun): string {
  if (opinions.length === 0) return '';
  const sorted = [...opinions].sort((one, other) => one.event.atMs - other.event.atMs);
  const left = sorted.length - OPINIONS_MAX;
  const table: Table = {
    head: ['after the fault', 'balancer', 'what', 'about', 'why'],
    rows: sorted.slice(0, OPINIONS_MAX).map(({ event }) => [duration(event.atMs - series.zeroMs), event.balancer, event.type, subjectOf(event), 'reason' in event ? event.reason : '']),
  };
  return element(
    'details', {}, element('summary', {}, `What balancers said, ${count(opinions.length)} times`), htmlTable(table, `${run.az}: events of balancers`),
    ...(left > 0 ? [element('p', {}, `${count(left)} later ones are in events.json.`)] : []),
  );
}

function subjectOf(event: StampedEvent): string {
  if ('target' in event) return event.target;
  return 'zone' in event ? event.zone : event.upstream;
}

function percentOrDash(share: number | null | undefined): string {
  return share === null || share === undefined ? '–' : percent(share);
}
