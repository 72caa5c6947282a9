/** Cases of the alerts on kitchens and balancers. */
import { METRIC } from '#contracts/metrics.ts';
import { JOB } from '../../promql.ts';
import { growing, holding, stepping, turningOn, type AlertCases, type SeriesOverTime } from './case.ts';

const kitchens = (busy: number, waiting: number): SeriesOverTime[] =>
  ['a', 'b'].flatMap((one) => {
    const labels = { az: 'az1', instance: `az1-kitchen-${one}` };
    return [holding(METRIC.ovens, labels, 8), holding(METRIC.ovensBusy, labels, busy), holding(METRIC.ordersWaiting, labels, waiting)];
  });

const across = { role: 'service', az: 'az1', upstream: 'kitchen', zone: 'az2' };
const attempts = (failedPerS: number): SeriesOverTime[] => [growing(METRIC.firstAttempts, across, 50), growing(METRIC.firstAttemptsFailed, across, failedPerS)];

const ejectedBy = (instance: string, role: string): SeriesOverTime =>
  turningOn(METRIC.targetState, { instance, role, upstream: 'kitchen', target: 'az1-kitchen-a', zone: 'az1', state: 'down' }, 20);

const door = { instance: 'front-door', role: 'front-door' };
const refused = (reason: string, perS: number): SeriesOverTime[] => [growing(METRIC.upstreamRetriesRefused, { ...door, upstream: 'load-balancer', reason }, perS)];

export const BALANCING_CASES: readonly AlertCases[] = [
  {
    alert: 'KitchenSaturated',
    fires: [{ what: 'all ovens bake and as many orders wait', series: kitchens(8, 8), at: '1m', labels: { job: JOB, az: 'az1' }, value: '100%' }],
    nearMisses: [
      { what: 'all ovens bake and half as many orders wait', series: kitchens(8, 4), at: '1m' },
      { what: 'orders wait although ovens are free, which is a kitchen that starts', series: kitchens(6, 8), at: '1m' },
    ],
  },
  {
    alert: 'FirstAttemptsFail',
    fires: [{ what: 'one in ten from az1 to the kitchens of az2 fails', series: attempts(5), at: '1m', labels: { job: JOB, ...across }, value: '10%' }],
    nearMisses: [{ what: 'one in twenty-five does', series: attempts(2), at: '1m' }],
  },
  {
    alert: 'TargetsEjected',
    fires: [
      {
        what: 'two balancers have not used a kitchen for more than a minute',
        series: [ejectedBy('az1-load-balancer', 'load-balancer'), ejectedBy('az1-storefront-a', 'service')],
        at: '90s', labels: { job: JOB, target: 'az1-kitchen-a', zone: 'az1' }, value: '2',
      },
    ],
    nearMisses: [
      { what: 'they have not used it for forty seconds', series: [ejectedBy('az1-load-balancer', 'load-balancer')], at: '1m' },
      { what: 'the front door gave an AZ up, which is an alert of its own', series: [ejectedBy('front-door', 'front-door')], at: '2m' },
    ],
  },
  {
    alert: 'BalancerFailsOpen',
    fires: [{ what: 'a balancer has used sick targets for a quarter of a minute', series: [turningOn(METRIC.failOpen, { ...door, upstream: 'load-balancer' }, 20)], at: '35s', labels: { job: JOB, instance: 'front-door', upstream: 'load-balancer' } }],
    nearMisses: [{ what: 'it began five seconds ago', series: [turningOn(METRIC.failOpen, { ...door, upstream: 'load-balancer' }, 20)], at: '25s' }],
  },
  {
    alert: 'RetryBudgetSpent',
    fires: [{ what: 'two requests a second are not sent again for want of budget', series: refused('budget', 2), at: '1m', labels: { job: JOB, instance: 'front-door', upstream: 'load-balancer' }, value: '2' }],
    nearMisses: [
      { what: 'one in three seconds is not', series: refused('budget', 0.33), at: '1m' },
      { what: 'requests that nobody may send twice are not sent again', series: refused('not-replayable', 20), at: '1m' },
    ],
  },
  {
    alert: 'LoadBalancerLag',
    fires: [{ what: 'the event loop is 80 ms behind all the time', series: [holding(METRIC.eventLoopLag, door, 0.08)], at: '1m', labels: { job: JOB, ...door }, value: '80ms' }],
    nearMisses: [
      { what: 'it was 200 ms behind once', series: [stepping(METRIC.eventLoopLag, door, '0.005x20 0.2 0.005x50')], at: '44s' },
      { what: 'a kitchen lags, which bakes by timers', series: [holding(METRIC.eventLoopLag, { instance: 'az1-kitchen-a', role: 'service' }, 0.2)], at: '1m' },
    ],
  },
];
