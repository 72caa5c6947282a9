/**
 * How fast the error budget may burn before somebody is told: several windows at once, the long one so that a blip
 * does not page, the short one so that the alert ends with its cause. The figures are those of the Google SRE workbook
 * for 30 days, scaled to a budget of twelve hours, which is how long a region on one machine lives: its 1 h becomes
 * 1 min. A window that would hold fewer than four scrapes is held at ten seconds instead (scaled blindly it is five).
 *
 * https://sre.google/workbook/alerting-on-slos/ (6: multiwindow, multi-burn-rate alerts)
 */
export interface BurnWindows {
  /** Times the rate that would use the budget up exactly at the end of the period. */
  factor: number;
  long: string;
  short: string;
}

/** Share of orders that must be answered. */
const OBJECTIVE = 0.999;
/** Failed orders in the long window below which a share says nothing: at one order a second a single one is 1.7 %. */
export const FAILED_ORDERS_MIN = 5;

export const PAGE_WINDOWS: readonly BurnWindows[] = [
  { factor: 14.4, long: '1m', short: '10s' },
  { factor: 6, long: '6m', short: '30s' },
];
export const TICKET_WINDOWS: readonly BurnWindows[] = [{ factor: 3, long: '24m', short: '2m' }];

/** Every window that the alerts look at, once. */
export function windowsInUse(): string[] {
  return [...new Set([...PAGE_WINDOWS, ...TICKET_WINDOWS].flatMap(({ long, short }) => [short, long]))];
}

/** Share of failed orders at which a budget burns `factor` times too fast. */
export function failedShareAt(factor: number): number {
  return Number((factor * (1 - OBJECTIVE)).toFixed(5));
}
