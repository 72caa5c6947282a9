/** Alerts on one AZ: it is gone, or it is grey, which is to say that it differs from its neighbours although it answers checks. */
import { METRIC } from '#contracts/metrics.ts';
import { inRule, zoneAsAz } from '../../promql.ts';
import { RECORDED } from '../recording.ts';
import type { AlertRule } from '../rule.ts';

/** Balancers take latencies within this factor for equal; what differs by more, they leave. */
const LATENCY_FACTOR = 3;
const LATENCY_DIFFERENCE_S = 0.1;
const FAILED_DIFFERENCE = 0.05;
/** An even share is 1; the verdict calls AZs balanced from 0.84 (28 %) on. */
const SHARE_MIN = 0.7;

/** One slow bake is remembered for ten seconds, and a minute at rest holds few orders: what is compared are averages. */
const latency = `max by (job, az) (${zoneAsAz(`avg_over_time(${inRule(METRIC.targetLatency, 'role="front-door"')}[30s])`)})`;
const share = `avg_over_time(${RECORDED.azAnswered}[1m])`;
const failed = `sum by (job, az) (${zoneAsAz(`${RECORDED.firstAttemptsFailed}{role="front-door"}`)})`;
const leastOf = (expr: string, factor = 1): string => `on (job) group_left () (${factor} * min by (job) (${expr}))`;
/** For as long as the averages look back: an AZ that has just returned still looks as it did when it was gone. */
const inService = `on (job, az) (min_over_time(${RECORDED.azInService}[1m]) == 1)`;
const sign = (name: string, expr: string): string => `label_replace(${expr}, "sign", "${name}", "", "")`;

export function zoneAlerts(): AlertRule[] {
  return [
    {
      alert: 'AzUnavailable',
      severity: 'page',
      expr: `max by (job, az) (${zoneAsAz(inRule(METRIC.targetState, 'role="front-door"', 'state="down"'))}) == 1`,
      for: '10s',
      summary: '{{ $labels.az }} is out of rotation.',
      description: 'The front door has sent nothing to {{ $labels.az }} for ten seconds; the other AZs carry its orders.',
    },
    {
      alert: 'AzsFarApart',
      severity: 'ticket',
      expr: [
        sign('latency', `(${latency} > ${leastOf(latency, LATENCY_FACTOR)}) and (${latency} - ${leastOf(latency)} > ${LATENCY_DIFFERENCE_S}) and ${inService}`),
        sign('failures', `${failed} - ${leastOf(failed)} > ${FAILED_DIFFERENCE} and ${inService}`),
        sign('share', `${share} < ${SHARE_MIN} and ${inService}`),
      ].join(' or '),
      for: '30s',
      summary: '{{ $labels.az }} differs from its neighbours by its {{ $labels.sign }}.',
      description: '{{ $labels.az }} passes health checks, yet its {{ $labels.sign }} ({{ $value | printf "%.2f" }}) is not what its neighbours have.',
    },
  ];
}
