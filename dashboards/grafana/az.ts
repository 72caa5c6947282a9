/** One AZ beside its neighbours: the same panel twice, so that what is different about it is seen and not remembered. */
import { RowBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRIC } from '#contracts/metrics.ts';
import { bucketsOf, inPanel, ORDERS, quantile, rate } from '../promql.ts';
import { RECORDED } from '../rules/recording.ts';
import { azVariable, build, frame } from './frame.ts';
import { BAD, GOOD, thresholds, words } from './look.ts';
import { lines, timeline } from './panels.ts';

type LinesParts = Parameters<typeof lines>[0];
type Side = '=' | '!~';

/** A panel of the pair: `side` chooses the AZ or its neighbours, by the label that says which AZ a series is about. */
interface Pair extends Omit<LinesParts, 'queries' | 'width' | 'title'> {
  title: string;
  queries: (az: `az${Side}"${string}"`, zone: `zone${Side}"${string}"`) => LinesParts['queries'];
}

const PAIRS: readonly Pair[] = [
  {
    title: 'Share of its orders', unit: 'percentunit', decimals: 0,
    description: 'What it answered, as a share of a third of what was expected. 100 % is normal, 150 % is a survivor.',
    queries: (az) => [{ expr: inPanel(RECORDED.azAnswered, az), legend: '{{az}}' }],
  },
  {
    title: 'Orders answered', unit: 'reqps',
    description: 'Orders that customers got from it in time.',
    queries: (_az, zone) => [{ expr: `sum by (zone) (${rate(inPanel(ORDERS, 'result="answered"', 'zone!=""', zone))})`, legend: '{{zone}}' }],
  },
  {
    title: 'Expected latency at the front door', unit: 's',
    description: 'What the front door expects an answer to take (peak EWMA). It leaves an AZ that is three times slower than another.',
    queries: (_az, zone) => [{ expr: `max by (zone) (${inPanel(METRIC.targetLatency, 'role="front-door"', zone)})`, legend: '{{zone}}' }],
  },
  {
    title: 'Latency inside (p99)', unit: 's',
    description: 'From the arrival at its load balancer to the last byte of the answer. A slow way in does not show here, only at the front door.',
    queries: (az) => [{ expr: quantile(0.99, inPanel(bucketsOf(METRIC.httpDuration), 'role="load-balancer"', az), 'az'), legend: '{{az}}' }],
  },
  {
    title: 'First attempts into it that fail', unit: 'percentunit', decimals: 0,
    description: 'By who called. All callers failing is the AZ; one of them is the way between the two.',
    queries: (_az, zone) => [{ expr: inPanel(RECORDED.firstAttemptsFailed, zone), legend: '{{zone}} {{upstream}} from {{role}} {{az}}' }],
  },
  {
    title: 'Ovens busy', unit: 'percentunit', max: 1, decimals: 0,
    description: 'Share of the ovens that bake, by kitchen.',
    queries: (az) => [{ expr: `${inPanel(METRIC.ovensBusy, az)} / ${inPanel(METRIC.ovens, az)}`, legend: '{{instance}}' }],
  },
  {
    title: 'Orders waiting', unit: 'short',
    description: 'Orders that wait for an oven, by kitchen.',
    queries: (az) => [{ expr: inPanel(METRIC.ordersWaiting, az), legend: '{{instance}}' }],
  },
  {
    title: 'Bytes over its link', unit: 'Bps',
    description: 'What its link passed on, by direction. Nothing while it is isolated, although everything in the AZ runs.',
    queries: (az) => [{ expr: `sum by (az, direction) (${rate(inPanel(METRIC.toxiproxySent, az))})`, legend: '{{az}} {{direction}}' }],
  },
  {
    title: 'Processor', unit: 'percentunit', decimals: 1,
    description: 'Processor time of its programs, as a share of one core.',
    queries: (az) => [{ expr: `sum by (az) (${rate(inPanel(METRIC.cpuSeconds, az, 'role!="link"'))})`, legend: '{{az}}' }],
  },
];

export function azDashboard(): Dashboard {
  const dashboard = frame({ uid: 'azimuth-az', title: 'AZ', description: 'One Availability Zone beside its neighbours. Pick it above.' })
    .withVariable(azVariable())
    .withRow(new RowBuilder('What runs'))
    .withPanel(running('Programs of $az', 'az="$az"'))
    .withPanel(running('Programs of its neighbours', 'az!~"$az|"'))
    .withRow(new RowBuilder('$az on the left, its neighbours on the right'));
  for (const { title, queries, ...rest } of PAIRS) {
    dashboard.withPanel(lines({ ...rest, title: `${title}: $az`, width: 12, queries: queries('az="$az"', 'zone="$az"') }));
    dashboard.withPanel(lines({ ...rest, title: `${title}: neighbours`, width: 12, queries: queries('az!~"$az|"', 'zone!~"$az|"') }));
  }
  return build(dashboard);
}

function running(title: string, az: `az${'=' | '!~'}"${string}"`): ReturnType<typeof timeline> {
  return timeline({
    title, width: 12, unit: 'none', thresholds: thresholds(BAD, [1, GOOD]), mappings: words({ text: 'silent', color: BAD }, { text: 'answers', color: GOOD }),
    description: 'Whether Prometheus gets an answer from a program. It stands in every network, so that a cut link does not show here.',
    queries: [{ expr: inPanel('up', az), legend: '{{instance}}' }],
  });
}
