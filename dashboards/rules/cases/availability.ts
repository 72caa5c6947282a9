/** Cases of the alerts on what customers get. */
import { METRIC } from '#contracts/metrics.ts';
import { JOB, ORDERS } from '../../promql.ts';
import { growing, stepping, type AlertCases, type SeriesOverTime } from './case.ts';

const orders = (answeredPerS: number, failedPerS: number, forS?: number): SeriesOverTime[] => [
  growing(ORDERS, { result: 'answered', zone: 'az1' }, answeredPerS, forS),
  growing(ORDERS, { result: 'failed', zone: '' }, failedPerS, forS),
];

const kitchens = (perS: number, failedPerS: number): SeriesOverTime[] => [
  growing(METRIC.upstreamRequests, { upstream: 'kitchen', instance: 'az1-storefront-a' }, perS),
  growing(METRIC.upstreamFailed, { upstream: 'kitchen', instance: 'az1-storefront-a' }, failedPerS),
];

export const AVAILABILITY_CASES: readonly AlertCases[] = [
  {
    alert: 'RegionAvailabilityLow',
    fires: [
      { what: 'one order in twenty fails for two minutes', series: orders(95, 5), at: '2m', labels: { job: JOB }, value: '5%' },
      { what: 'one in a hundred fails for seven minutes', series: orders(99, 1, 600), at: '7m', labels: { job: JOB }, value: '1%' },
    ],
    nearMisses: [
      { what: 'one order in two hundred fails', series: orders(99.5, 0.5, 600), at: '7m' },
      { what: 'one order of a minute fails, at one order a second', series: [growing(ORDERS, { result: 'answered', zone: 'az1' }, 1), stepping(ORDERS, { result: 'failed', zone: '' }, '0x57 1x100')], at: '2m' },
      { what: 'orders failed a minute ago and are answered again', series: [growing(ORDERS, { result: 'answered', zone: 'az1' }, 95, 900), stepping(ORDERS, { result: 'failed', zone: '' }, '0+10x60 600x400')], at: '2m45s' },
    ],
  },
  {
    alert: 'RegionBudgetBurning',
    fires: [{ what: 'four orders in a thousand fail for half an hour', series: orders(99.6, 0.4, 1800), at: '28m', labels: { job: JOB }, value: '0.4%' }],
    nearMisses: [{ what: 'two orders in a thousand fail', series: orders(99.8, 0.2, 1800), at: '28m' }],
  },
  {
    alert: 'ServiceAvailabilityLow',
    fires: [{ what: 'two of a hundred requests to the kitchens go unanswered', series: kitchens(100, 2), at: '1m', labels: { job: JOB, upstream: 'kitchen' }, value: '98%' }],
    nearMisses: [{ what: 'one of two hundred does', series: kitchens(100, 0.5), at: '1m' }],
  },
];
