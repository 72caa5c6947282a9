/**
 * The dashboard to look at first. Above the line: is the region healthy, how much was answered of what was expected,
 * can it lose an AZ now. Below it: why not.
 */
import { RowBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRIC } from '#contracts/metrics.ts';
import { bucketsOf, inPanel, ORDERS, quantile, rate } from '../promql.ts';
import { RECORDED } from '../rules/recording.ts';
import { build, frame } from './frame.ts';
import { BAD, GOOD, highIsGood, lowIsGood, named, thresholds, words } from './look.ts';
import { figure, lines, timeline } from './panels.ts';

const ANSWERED = inPanel(ORDERS, 'result="answered"');
const TO_AZ = { title: 'Open this AZ', url: '/d/azimuth-az?var-az=${__field.labels.az}&${__url_time_range}' };
const TO_ZONE = { ...TO_AZ, url: '/d/azimuth-az?var-az=${__field.labels.zone}&${__url_time_range}' };

export function regionDashboard(): Dashboard {
  const dashboard = frame({ uid: 'azimuth-region', title: 'Region', description: 'Is the region healthy, how much was answered of what was expected, and can it lose an Availability Zone now?' });
  return build(below(above(dashboard)));
}

type Builder = ReturnType<typeof frame>;

function above(dashboard: Builder): Builder {
  return dashboard
    .withRow(new RowBuilder('Above the line'))
    .withPanel(figure({
      title: 'Answered of expected, now', width: 5, unit: 'percentunit', decimals: 2, max: 1, thresholds: highIsGood(0.99, 0.999),
      description: 'Orders answered within a second of when customers wanted to send them, as a share of all of them, over 10 s. 100 % is normal, also while an AZ is dead.',
      queries: [{ expr: inPanel(RECORDED.availability), legend: 'answered' }],
    }))
    .withPanel(figure({
      title: 'Answered of expected, time shown', width: 5, unit: 'percentunit', decimals: 3, max: 1, thresholds: highIsGood(0.99, 0.999),
      description: 'The area under answered as a share of the area under expected, over the time that this dashboard shows.',
      queries: [{ expr: `sum(increase(${ANSWERED}[$__range])) / sum(increase(${inPanel(ORDERS)}[$__range]))`, legend: 'answered' }],
    }))
    .withPanel(figure({
      title: 'Can lose an AZ now', width: 4, unit: 'none', thresholds: thresholds(BAD, [1, GOOD]), mappings: words({ text: 'no', color: BAD }, { text: 'yes', color: GOOD }),
      description: 'Whether the AZs that would be left are rated for what is expected now, whichever goes. With one AZ gone, "no" above the rating of one.',
      queries: [{ expr: inPanel(RECORDED.canLoseAnyAz), legend: 'can lose an AZ' }],
    }))
    .withPanel(figure({
      title: 'Of its rating, after losing the worst AZ', width: 5, unit: 'percentunit', decimals: 0, thresholds: lowIsGood(0.9, 1.02),
      description: 'What the AZs that are left would carry, as a share of what they are rated for. Above 100 % queues grow until customers give up.',
      queries: [{ expr: `max(${inPanel(RECORDED.utilisationAfterLoss)})`, legend: 'utilisation' }],
    }))
    .withPanel(figure({
      title: 'AZs in service', width: 5, unit: 'none', thresholds: thresholds(BAD, [2, 'orange'], [3, GOOD]),
      description: 'AZs that the front door sends orders to: neither ejected nor shifted away. 3 is normal.',
      queries: [{ expr: `sum(${inPanel(RECORDED.azInService)})`, legend: 'in service' }],
    }))
    .withPanel(lines({
      title: 'Expected and answered', width: 12, height: 8, unit: 'reqps',
      description: 'Orders that customers wanted to send, and those that were answered in time. The area between the lines is what customers lost.',
      queries: [{ expr: inPanel(RECORDED.expected), legend: 'expected' }, { expr: inPanel(RECORDED.answered), legend: 'answered' }],
      overrides: [named('expected', 'text'), named('answered', GOOD)],
    }))
    .withPanel(lines({
      title: 'Share of each AZ', width: 12, height: 8, unit: 'percentunit', decimals: 0, leadsTo: TO_AZ,
      description: 'What an AZ answered, as a share of its third of what was expected. 100 % each is normal; 0, 150 and 150 % is a region that has lost one.',
      queries: [{ expr: inPanel(RECORDED.azAnswered), legend: '{{az}}' }],
    }));
}

function below(dashboard: Builder): Builder {
  return dashboard
    .withRow(new RowBuilder('Below the line'))
    .withPanel(lines({
      title: 'Orders answered by AZ', width: 8, unit: 'reqps', stacked: true, leadsTo: TO_ZONE,
      description: 'Who answered. The top of the stack stays where it is when an AZ dies: the others take its orders within a second.',
      queries: [{ expr: `sum by (zone) (${rate(inPanel(ORDERS, 'result="answered"', 'zone!=""'))})`, legend: '{{zone}}' }],
    }))
    .withPanel(lines({
      title: 'Latency that customers see', width: 8, unit: 's',
      description: 'From the intended time to the last byte of the answer. A bake takes 80 ms and more; customers leave after one second.',
      queries: [0.5, 0.99, 0.999].map((q) => ({ expr: quantile(q, inPanel(bucketsOf(METRIC.customerLatency))), legend: `p${q * 100}` })),
    }))
    .withPanel(lines({
      title: 'Answered by service', width: 8, unit: 'percentunit', max: 1, decimals: 1,
      description: 'Of the requests that callers wanted to send to a service, those that were answered after all, re-sends included.',
      queries: [{ expr: inPanel(RECORDED.serviceAvailability), legend: '{{upstream}}' }],
    }))
    .withPanel(lines({
      title: 'First attempts that fail, by AZ', width: 8, unit: 'percentunit', decimals: 0, leadsTo: TO_ZONE,
      description: "The worst of the balancers' shares of first attempts into an AZ that failed. Re-sends hide these from customers; here they show.",
      queries: [{ expr: `max by (zone) (${inPanel(RECORDED.firstAttemptsFailed)})`, legend: '{{zone}}' }],
    }))
    .withPanel(lines({
      title: 'Attempts per request', width: 8, unit: 'short', min: 1, decimals: 2,
      description: 'Attempts that balancers made for each request. 1.00 is normal; retries may add a tenth, rescues come on top once for each request that a dead target held.',
      queries: [{ expr: `sum by (upstream) (${rate(inPanel(METRIC.upstreamAttempts))}) / sum by (upstream) (${rate(inPanel(METRIC.upstreamRequests))})`, legend: '{{upstream}}' }],
    }))
    .withPanel(lines({
      title: 'After losing an AZ', width: 8, unit: 'percentunit', decimals: 0, leadsTo: TO_AZ,
      description: 'Utilisation of the AZs that would be left if this one went, of their rating. Above 100 % the region cannot lose it.',
      queries: [{ expr: inPanel(RECORDED.utilisationAfterLoss), legend: '{{az}}' }],
    }))
    .withPanel(lines({
      title: 'Ovens busy by AZ', width: 8, unit: 'percentunit', max: 1, decimals: 0, leadsTo: TO_AZ,
      description: 'Share of the ovens that bake. Half is normal at peak; at 100 % orders wait.',
      queries: [{ expr: `sum by (az) (${inPanel(METRIC.ovensBusy)}) / sum by (az) (${inPanel(METRIC.ovens)})`, legend: '{{az}}' }],
    }))
    .withPanel(lines({
      title: 'Orders waiting by AZ', width: 8, unit: 'short', leadsTo: TO_AZ,
      description: 'Orders that wait for an oven. A few at peak are normal; a line that climbs is saturation.',
      queries: [{ expr: `sum by (az) (${inPanel(METRIC.ordersWaiting)})`, legend: '{{az}}' }],
    }))
    .withPanel(timeline({
      title: 'Faults', width: 8, unit: 'none', thresholds: thresholds(GOOD, [1, BAD]), mappings: words({ text: 'whole', color: GOOD }, { text: 'broken', color: BAD }),
      description: 'What the injector holds broken, by target. What was broken by other means does not show here, but everywhere else.',
      queries: [{ expr: `max by (target) (${inPanel(METRIC.faultActive)})`, legend: '{{target}}' }],
    }));
}
