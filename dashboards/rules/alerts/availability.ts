/** Alerts on what customers get: how fast failed orders use up the error budget. */
import { FAST, inRule, ORDERS } from '../../promql.ts';
import { FAILED_ORDERS_MIN, failedShareAt, PAGE_WINDOWS, TICKET_WINDOWS, type BurnWindows } from '../burn-rate.ts';
import { failedShareOver, RECORDED } from '../recording.ts';
import type { AlertRule } from '../rule.ts';

export function availabilityAlerts(): AlertRule[] {
  return [
    {
      alert: 'RegionAvailabilityLow',
      severity: 'page',
      expr: PAGE_WINDOWS.map(burns).join(' or '),
      for: '0s',
      summary: 'Orders fail so fast that the error budget will not last.',
      description: '{{ $value | humanizePercentage }} of the expected orders failed; the objective allows 0.1 %.',
    },
    {
      alert: 'RegionBudgetBurning',
      severity: 'ticket',
      expr: TICKET_WINDOWS.map(burns).join(' or '),
      for: '0s',
      summary: 'Orders fail slowly, but more than the error budget allows.',
      description: '{{ $value | humanizePercentage }} of the expected orders failed over the last 24 minutes; the objective allows 0.1 %.',
    },
    {
      alert: 'ServiceAvailabilityLow',
      severity: 'ticket',
      expr: `${RECORDED.serviceAvailability} < 0.99`,
      for: '15s',
      summary: 'Requests to {{ $labels.upstream }} go unanswered, whatever is tried.',
      description: `{{ $value | humanizePercentage }} of the requests to {{ $labels.upstream }} were answered over the last ${FAST}.`,
    },
  ];
}

/** Both windows burn too fast, and the long one holds enough failures to mean something. */
function burns({ factor, long, short }: BurnWindows): string {
  const share = failedShareAt(factor);
  const failed = `sum by (job) (increase(${inRule(ORDERS, 'result="failed"')}[${long}]))`;
  return `(${failedShareOver(long)} > ${share} and ${failedShareOver(short)} > ${share} and ${failed} >= ${FAILED_ORDERS_MIN})`;
}
