/** Alerts on those who watch and break the region: without them the other alerts say nothing, or say it of a test. */
import { METRIC } from '#contracts/metrics.ts';
import { FAST, inRule } from '../../promql.ts';
import type { AlertRule } from '../rule.ts';

export function observingAlerts(): AlertRule[] {
  return [
    {
      alert: 'TargetDown',
      severity: 'ticket',
      expr: `${inRule('up')} == 0`,
      for: '30s',
      summary: '{{ $labels.instance }} cannot be scraped.',
      description: '{{ $labels.role }} {{ $labels.instance }} has not answered Prometheus for half a minute: it is dead, frozen, or off its networks.',
    },
    {
      alert: 'GeneratorSaturated',
      severity: 'ticket',
      expr: `histogram_quantile(0.99, sum by (job, le) (rate(${inRule(`${METRIC.generatorLag}_bucket`)}[${FAST}]))) > 0.05`,
      for: '15s',
      summary: 'The customers are late themselves: what they measure is not the region.',
      description: 'One order in a hundred was handed to its socket {{ $value | humanizeDuration }} late or later.',
    },
    {
      alert: 'FaultLeftActive',
      severity: 'ticket',
      expr: `max by (job, verb, target) (${inRule(METRIC.faultActive)}) == 1`,
      for: '15m',
      summary: '{{ $labels.verb }} {{ $labels.target }} has been active for a quarter of an hour.',
      description: 'A fault made by hand ends after ten minutes; this one was made for longer (--for), or somebody keeps renewing it.',
    },
  ];
}
