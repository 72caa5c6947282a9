/** Alerts on what is left: whether the next AZ can be lost, and whether what serves now is too small for what is asked. */
import { METRIC } from '#contracts/metrics.ts';
import { inRule } from '../../promql.ts';
import { RATED_TOLERANCE, RECORDED } from '../recording.ts';
import type { AlertRule } from '../rule.ts';

const ofAz = (metric: string): string => `sum by (job, az) (${inRule(metric)})`;

export function capacityAlerts(): AlertRule[] {
  return [
    {
      alert: 'CannotLoseAz',
      severity: 'ticket',
      expr: `${RECORDED.canLoseAnyAz} == 0`,
      for: '1m',
      summary: 'The region cannot lose an AZ.',
      description: 'What is expected now is more than the AZs that would be left are rated for.',
    },
    {
      alert: 'RegionAboveRating',
      severity: 'page',
      expr: `${RECORDED.utilisation} > ${RATED_TOLERANCE}`,
      for: '30s',
      summary: 'More orders are expected than the AZs in service are rated for.',
      description: 'The AZs in service carry {{ $value | humanizePercentage }} of their rating; queues grow from here.',
    },
    {
      alert: 'KitchenSaturated',
      severity: 'ticket',
      expr: `${ofAz(METRIC.ovensBusy)} / ${ofAz(METRIC.ovens)} >= 0.95 and ${ofAz(METRIC.ordersWaiting)} >= ${ofAz(METRIC.ovens)}`,
      for: '20s',
      summary: 'The kitchens of {{ $labels.az }} are full, and as many orders wait as are baked.',
      description: '{{ $value | humanizePercentage }} of the ovens of {{ $labels.az }} are busy; what waits for another bake will be late.',
    },
  ];
}
