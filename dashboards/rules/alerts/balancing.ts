/** Alerts on the balancers: what they have stopped using, what they can no longer do, and whether they keep up themselves. */
import { METRIC } from '#contracts/metrics.ts';
import { FAST, inRule } from '../../promql.ts';
import { RECORDED } from '../recording.ts';
import type { AlertRule } from '../rule.ts';

const BALANCERS = 'role=~"front-door|load-balancer"' as const;

export function balancingAlerts(): AlertRule[] {
  return [
    {
      alert: 'FirstAttemptsFail',
      severity: 'ticket',
      expr: `${RECORDED.firstAttemptsFailed} > 0.05`,
      for: '15s',
      summary: 'First attempts from {{ $labels.role }} {{ $labels.az }} to {{ $labels.upstream }} in {{ $labels.zone }} fail.',
      description: '{{ $value | humanizePercentage }} of them failed or were answered only after a second try below; re-sends hide this from customers.',
    },
    {
      alert: 'TargetsEjected',
      severity: 'ticket',
      expr: `count by (job, target, zone) (${inRule(METRIC.targetState, 'role!="front-door"', 'state="down"')} == 1)`,
      for: '1m',
      summary: '{{ $labels.target }} is out of rotation.',
      description: '{{ $value }} balancers have not used {{ $labels.target }} for a minute.',
    },
    {
      alert: 'BalancerFailsOpen',
      severity: 'page',
      expr: `max by (job, instance, upstream) (${inRule(METRIC.failOpen)}) == 1`,
      for: '10s',
      summary: '{{ $labels.instance }} finds too few healthy targets for {{ $labels.upstream }} and uses sick ones.',
      description: 'It no longer believes its health checks: most targets fail at once, or what checks them is sick itself.',
    },
    {
      alert: 'RetryBudgetSpent',
      severity: 'ticket',
      expr: `sum by (job, instance, upstream) (rate(${inRule(METRIC.upstreamRetriesRefused, 'reason="budget"')}[${FAST}])) > 0.5`,
      for: '10s',
      summary: '{{ $labels.instance }} may not re-send what {{ $labels.upstream }} fails.',
      description: '{{ $value | humanize }} requests a second were answered with their failure, because re-sends are at their limit.',
    },
    {
      alert: 'LoadBalancerLag',
      severity: 'ticket',
      expr: `avg_over_time(${inRule(METRIC.eventLoopLag, BALANCERS)}[${FAST}]) > 0.05`,
      for: '15s',
      summary: '{{ $labels.instance }} is late itself.',
      description: 'Its event loop is {{ $value | humanizeDuration }} behind; every answer through it is that much later, and its checks prove nothing.',
    },
  ];
}
