/** What is broken now, what experiments found, and what customers noticed of it. */
import { RowBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRIC } from '#contracts/metrics.ts';
import { bucketsOf, inPanel, ORDERS, quantile, rate } from '../promql.ts';
import { RECORDED } from '../rules/recording.ts';
import { build, frame } from './frame.ts';
import { BAD, GOOD, named, thresholds, words } from './look.ts';
import { figure, lines, table, timeline } from './panels.ts';

type Builder = ReturnType<typeof frame>;

export function chaosDashboard(): Dashboard {
  const dashboard = frame({ uid: 'azimuth-chaos', title: 'Chaos', description: 'What is broken now, the last verdicts, and the customers.' });
  return build(customers(broken(dashboard)));
}

function broken(dashboard: Builder): Builder {
  return dashboard
    .withRow(new RowBuilder('What is broken, and what came of it'))
    .withPanel(figure({
      title: 'Faults now', width: 8, unit: 'none', height: 7, thresholds: thresholds(GOOD, [1, BAD]),
      description: 'Faults that the injector holds, by verb. All 0: nothing that it knows of is broken.',
      queries: [{ expr: `sum by (verb) (${inPanel(METRIC.faultActive)})`, legend: '{{verb}}' }],
    }))
    .withPanel(figure({
      title: 'Faults made, time shown', width: 8, unit: 'none', decimals: 0, height: 7, thresholds: thresholds('text'),
      description: 'Faults that were made in the time that this dashboard shows, by verb.',
      queries: [{ expr: `sum by (verb) (increase(${inPanel(METRIC.faults)}[$__range]))`, legend: '{{verb}}' }],
    }))
    .withPanel(table({
      title: 'Last verdicts', width: 8, unit: 'dateTimeFromNow', noValue: 'No experiment has run since the injector started.',
      description: 'What the last run of each experiment on each AZ found. The reasons stand in its report.',
      queries: [{ expr: `${inPanel(METRIC.verdictLast)} * 1000`, legend: '{{experiment}}' }],
      columns: { experiment: 'Experiment', zone: 'AZ', verdict: 'Verdict', Value: 'When' },
    }))
    .withPanel(timeline({
      title: 'Faults by target', width: 8, unit: 'none', thresholds: thresholds(GOOD, [1, BAD]), mappings: words({ text: 'whole', color: GOOD }, { text: 'broken', color: BAD }),
      description: 'What the injector holds broken, and since when. Compare with what balancers and customers noticed below.',
      queries: [{ expr: `max by (target) (${inPanel(METRIC.faultActive)})`, legend: '{{target}}' }],
    }))
    .withPanel(timeline({
      title: 'AZs in service', width: 8, unit: 'none', thresholds: thresholds(BAD, [1, GOOD]), mappings: words({ text: 'out', color: BAD }, { text: 'in service', color: GOOD }),
      description: 'What the front door makes of it: whether an AZ gets orders. Nobody tells it of a fault.',
      queries: [{ expr: inPanel(RECORDED.azInService), legend: '{{az}}' }],
    }))
    .withPanel(lines({
      title: 'Bytes over the links', width: 8, unit: 'Bps',
      description: "What each AZ's link passed on. An isolated AZ falls to nothing, a slow one does not.",
      queries: [{ expr: `sum by (az) (${rate(inPanel(METRIC.toxiproxySent))})`, legend: '{{az}}' }],
    }));
}

function customers(dashboard: Builder): Builder {
  return dashboard
    .withRow(new RowBuilder('What customers noticed'))
    .withPanel(lines({
      title: 'Orders', width: 8, unit: 'reqps',
      description: 'Orders that were answered in time and orders that were not.',
      queries: [{ expr: `sum by (result) (${rate(inPanel(ORDERS))})`, legend: '{{result}}' }],
      overrides: [named('answered', GOOD), named('failed', BAD)],
    }))
    .withPanel(lines({
      title: 'Menu reads', width: 8, unit: 'reqps',
      description: 'Reads of the menu, which need no kitchen: they fail only when no storefront can be reached.',
      queries: [{ expr: `sum by (result) (${rate(inPanel(METRIC.customerMenus))})`, legend: '{{result}}' }],
      overrides: [named('answered', GOOD), named('failed', BAD)],
    }))
    .withPanel(lines({
      title: 'Slowest orders', width: 8, unit: 's',
      description: 'From the intended time to the last byte. The bend at a fault is the latency that it added.',
      queries: [0.99, 0.999].map((q) => ({ expr: quantile(q, inPanel(bucketsOf(METRIC.customerLatency))), legend: `p${q * 100}` })),
    }))
    .withPanel(lines({
      title: 'Rescues, retries and ejections', width: 8, unit: 'cps',
      description: 'What balancers did about it, all of them together.',
      queries: [
        { expr: `sum(${rate(inPanel(METRIC.upstreamRescues))})`, legend: 'rescues' },
        { expr: `sum(${rate(inPanel(METRIC.upstreamRetries))})`, legend: 'retries' },
        { expr: `sum(${rate(inPanel(METRIC.targetEjections))})`, legend: 'ejections' },
      ],
    }))
    .withPanel(lines({
      title: 'Orders lost in kitchens', width: 8, unit: 'reqps',
      description: 'Orders dropped because their customer had stopped waiting, and orders that left an oven of the same kitchen twice.',
      queries: [
        { expr: `sum(${rate(inPanel(METRIC.ordersExpired))})`, legend: 'expired' },
        { expr: `sum(${rate(inPanel(METRIC.ordersBakedTwice))})`, legend: 'baked twice' },
      ],
    }))
    .withPanel(lines({
      title: 'Lag of the customers themselves', width: 8, unit: 's',
      description: 'How late orders were handed to their sockets (p99). Above 50 ms the figures of this dashboard are not the region\'s.',
      queries: [{ expr: quantile(0.99, inPanel(bucketsOf(METRIC.generatorLag))), legend: 'p99' }],
    }));
}
