/** What balancers decide and why: the front door, those of the AZs, and the clients inside storefronts, picked by variable. */
import { RowBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRIC } from '#contracts/metrics.ts';
import { bucketsOf, countOf, ofInstance, quantile, rate } from '../promql.ts';
import { build, frame, instanceVariable } from './frame.ts';
import { BAD, GOOD, thresholds, words } from './look.ts';
import { lines, timeline } from './panels.ts';

type Builder = ReturnType<typeof frame>;

export function loadBalancerDashboard(): Dashboard {
  const dashboard = frame({ uid: 'azimuth-load-balancer', title: 'Load balancer', description: 'Decisions of the balancers, their reasons, and what they cost.' })
    .withVariable(instanceVariable(`${METRIC.targetState}{job=~"$job"}`, 'front-door'));
  return build(itself(resends(decisions(dashboard))));
}

function decisions(dashboard: Builder): Builder {
  return dashboard
    .withRow(new RowBuilder('What it decides'))
    .withPanel(timeline({
      title: 'Targets in rotation', width: 12, height: 9, unit: 'none', thresholds: thresholds(BAD, [1, GOOD]), mappings: words({ text: 'out', color: BAD }, { text: 'in', color: GOOD }),
      description: 'Whether a target gets traffic. One that is out is in doubt, down, or warming up after its return.',
      queries: [{ expr: `max by (instance, target) (${ofInstance(METRIC.targetState, 'state="up"')})`, legend: '{{target}} of {{instance}}' }],
    }))
    .withPanel(lines({
      title: 'Decisions', width: 12, height: 9, unit: 'cps',
      description: 'Changes of mind a second, by what was decided. Nothing is normal; a steady line is a target that flaps.',
      queries: [{ expr: `sum by (decision) (${rate(ofInstance(METRIC.decisions))})`, legend: '{{decision}}' }],
    }))
    .withPanel(lines({
      title: 'Ejections, and why', width: 8, unit: 'cps',
      description: 'Targets taken out of rotation a second, by the first evidence that failed.',
      queries: [{ expr: `sum by (reason) (${rate(ofInstance(METRIC.decisions, 'decision="target.ejected"'))})`, legend: '{{reason}}' }],
    }))
    .withPanel(lines({
      title: 'Ejections by target', width: 8, unit: 'cps',
      description: 'Which targets are taken out. All of an AZ at once is the AZ; one alone is the target.',
      queries: [{ expr: `sum by (target) (${rate(ofInstance(METRIC.targetEjections))})`, legend: '{{target}}' }],
    }))
    .withPanel(lines({
      title: 'Expected latency by target', width: 8, unit: 's',
      description: 'What it chooses by: the peak EWMA of each target. Latencies within a factor of three count as equal.',
      queries: [{ expr: `max by (instance, target) (${ofInstance(METRIC.targetLatency)})`, legend: '{{target}} of {{instance}}' }],
    }))
    .withPanel(lines({
      title: 'First attempts by AZ', width: 8, unit: 'reqps', stacked: true,
      description: 'Where requests go first.',
      queries: [{ expr: `sum by (zone) (${rate(ofInstance(METRIC.firstAttempts))})`, legend: '{{zone}}' }],
    }))
    .withPanel(lines({
      title: 'First attempts that fail', width: 8, unit: 'reqps',
      description: 'First attempts a second that failed, or that were answered only after a second try below.',
      queries: [{ expr: `sum by (upstream, zone) (${rate(ofInstance(METRIC.firstAttemptsFailed))})`, legend: '{{zone}} {{upstream}}' }],
    }))
    .withPanel(lines({
      title: 'Spilled to other AZs', width: 8, unit: 'percentunit', max: 1, decimals: 0,
      description: "Share of the own AZ's traffic that goes to others, because the own AZ is busier than they are.",
      queries: [{ expr: ofInstance(METRIC.zoneSpill), legend: '{{instance}} to {{upstream}}' }],
    }));
}

function resends(dashboard: Builder): Builder {
  return dashboard
    .withRow(new RowBuilder('What it sends again'))
    .withPanel(lines({
      title: 'Attempts per request', width: 6, unit: 'short', min: 1, decimals: 2,
      description: '1.00 is normal. Retries are held to a tenth of the first attempts; rescues are not, they come once for each request that a dead target held.',
      queries: [{ expr: `sum by (upstream) (${rate(ofInstance(METRIC.upstreamAttempts))}) / sum by (upstream) (${rate(ofInstance(METRIC.upstreamRequests))})`, legend: '{{upstream}}' }],
    }))
    .withPanel(lines({
      title: 'Rescues and retries', width: 6, unit: 'reqps',
      description: 'Requests sent again because their target fell silent (rescue) or failed (retry).',
      queries: [
        { expr: `sum(${rate(ofInstance(METRIC.upstreamRescues))})`, legend: 'rescues' },
        { expr: `sum(${rate(ofInstance(METRIC.upstreamRetries))})`, legend: 'retries' },
      ],
    }))
    .withPanel(lines({
      title: 'Not sent again, and why', width: 6, unit: 'reqps',
      description: 'Failed requests that went back to the caller. "budget" means that re-sends are at their limit.',
      queries: [{ expr: `sum by (reason) (${rate(ofInstance(METRIC.upstreamRetriesRefused))})`, legend: '{{reason}}' }],
    }))
    .withPanel(lines({
      title: 'Requests that failed', width: 6, unit: 'reqps',
      description: 'Requests that got no answer or one of 5xx, whatever was tried.',
      queries: [{ expr: `sum by (upstream) (${rate(ofInstance(METRIC.upstreamFailed))})`, legend: '{{upstream}}' }],
    }));
}

function itself(dashboard: Builder): Builder {
  return dashboard
    .withRow(new RowBuilder('Itself'))
    .withPanel(lines({
      title: 'Requests by status', width: 6, unit: 'reqps', stacked: true,
      description: 'What it answered, by class of status.',
      queries: [{ expr: `sum by (status) (${rate(ofInstance(countOf(METRIC.httpDuration)))})`, legend: '{{status}}' }],
    }))
    .withPanel(lines({
      title: 'Latency', width: 6, unit: 's',
      description: 'From the request to the last byte of its answer.',
      queries: [0.5, 0.99].map((q) => ({ expr: quantile(q, ofInstance(bucketsOf(METRIC.httpDuration))), legend: `p${q * 100}` })),
    }))
    .withPanel(lines({
      title: 'Event loop lag', width: 6, unit: 's',
      description: 'Worst delay of its event loop in each second. Above some tens of milliseconds its checks and times prove nothing.',
      queries: [{ expr: ofInstance(METRIC.eventLoopLag), legend: '{{instance}}' }],
    }))
    .withPanel(lines({
      title: 'Processor', width: 6, unit: 'percentunit', decimals: 1,
      description: 'Processor time, as a share of one core. It has one thread: 100 % is all there is.',
      queries: [{ expr: rate(ofInstance(METRIC.cpuSeconds)), legend: '{{instance}}' }],
    }));
}
