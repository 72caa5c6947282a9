/**
 * What several panels and alerts ask, computed once. Availability is the talk's: what was answered of what was
 * expected. Customers keep to a schedule whatever the region does, so every order that is settled was expected, and a
 * region that loses traffic cannot look well by serving less.
 *
 * Whether an AZ can be lost is asked of the AZs that serve now: one that is out or shifted away carries nothing when
 * another goes, although its kitchens still answer scrapes.
 */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { METRIC } from '#contracts/metrics.ts';
import { FAST, inRule, ORDERS, zoneAsAz } from '../promql.ts';
import { windowsInUse } from './burn-rate.ts';
import type { RecordingRule } from './rule.ts';

export const RECORDED = {
  expected: `azimuth:orders_expected:rate${FAST}`,
  answered: `azimuth:orders_answered:rate${FAST}`,
  availability: `azimuth:region_availability:ratio_rate${FAST}`,
  azAnswered: `azimuth:az_answered_of_share:ratio_rate${FAST}`,
  serviceAvailability: `azimuth:service_availability:ratio_rate${FAST}`,
  firstAttemptsFailed: `azimuth:first_attempts_failed:ratio_rate${FAST}`,
  azInService: 'azimuth:az_in_service',
  azRated: 'azimuth:az_rated_orders:sum',
  expectedSlow: 'azimuth:orders_expected:rate1m',
  utilisation: 'azimuth:utilisation:ratio_rate1m',
  utilisationAfterLoss: 'azimuth:utilisation_after_az_loss:ratio_rate1m',
  canLoseAz: 'azimuth:can_lose_az',
  canLoseAnyAz: 'azimuth:can_lose_any_az',
} as const;

/** Share of failed orders over a window of the burn rates. */
export function failedShareOver(window: string): string {
  return `azimuth:region_failed:ratio_rate${window}`;
}

/** Poisson arrivals counted for a minute at peak are this far off, two times in a hundred: 300 orders/s ± 2 %. */
export const RATED_TOLERANCE = 1.02;

const answered = inRule(ORDERS, 'result="answered"');
const sentTo = (metric: string): string => `sum by (job, role, az, zone, upstream) (rate(${inRule(metric)}[${FAST}]))`;
const ofService = (metric: string): string => `sum by (job, upstream) (rate(${inRule(metric)}[${FAST}]))`;
const frontDoor = (metric: string, ...more: `${string}="${string}"`[]): string =>
  `max by (job, az) (${zoneAsAz(inRule(metric, 'role="front-door"', ...more))})`;

/** In the order of evaluation: what is used stands above what uses it. */
export const RECORDING_RULES: readonly RecordingRule[] = [
  { record: RECORDED.expected, expr: `sum by (job) (rate(${inRule(ORDERS)}[${FAST}]))` },
  { record: RECORDED.answered, expr: `sum by (job) (rate(${answered}[${FAST}]))` },
  { record: RECORDED.availability, expr: `${RECORDED.answered} / ${RECORDED.expected}` },
  ...windowsInUse().map((window) => ({
    record: failedShareOver(window),
    expr: `sum by (job) (rate(${inRule(ORDERS, 'result="failed"')}[${window}])) / sum by (job) (rate(${inRule(ORDERS)}[${window}]))`,
  })),
  {
    // 1 is an even share, 0 is gone, 1.5 is what survivors of a lost AZ carry.
    record: RECORDED.azAnswered,
    expr:
      `sum by (job, az) (${zoneAsAz(`rate(${inRule(ORDERS, 'result="answered"', 'zone!=""')}[${FAST}])`)}) ` +
      `/ on (job) group_left () (${RECORDED.expected} / ${AVAILABILITY_ZONES.length})`,
  },
  {
    record: RECORDED.serviceAvailability,
    expr: `1 - ${ofService(METRIC.upstreamFailed)} / ${ofService(METRIC.upstreamRequests)}`,
  },
  {
    // Who sent nothing has no share.
    record: RECORDED.firstAttemptsFailed,
    expr: `${sentTo(METRIC.firstAttemptsFailed)} / (${sentTo(METRIC.firstAttempts)} > 0)`,
  },
  {
    record: RECORDED.azInService,
    expr: `${frontDoor(METRIC.targetState, 'state="up"')} * (1 - ${frontDoor(METRIC.zoneShifted)})`,
  },
  { record: RECORDED.azRated, expr: `sum by (job, az) (${inRule(METRIC.kitchenRated)}) * ${RECORDED.azInService}` },
  { record: RECORDED.expectedSlow, expr: `sum by (job) (rate(${inRule(ORDERS)}[1m]))` },
  { record: RECORDED.utilisation, expr: `${RECORDED.expectedSlow} / sum by (job) (${RECORDED.azRated})` },
  {
    record: RECORDED.utilisationAfterLoss,
    expr:
      `${RECORDED.expectedSlow} / on (job) group_right () ` +
      `(sum by (job) (${RECORDED.azRated}) - on (job) group_right () ${RECORDED.azRated})`,
  },
  { record: RECORDED.canLoseAz, expr: `${RECORDED.utilisationAfterLoss} <= bool ${RATED_TOLERANCE}` },
  { record: RECORDED.canLoseAnyAz, expr: `min by (job) (${RECORDED.canLoseAz})` },
];
