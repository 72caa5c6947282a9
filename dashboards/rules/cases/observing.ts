/** Cases of the alerts on those who watch and break the region. */
import { METRIC } from '#contracts/metrics.ts';
import { JOB } from '../../promql.ts';
import { growing, stepping, turningOn, type AlertCases, type SeriesOverTime } from './case.ts';

const kitchen = { instance: 'az1-kitchen-a', role: 'service', service: 'kitchen', az: 'az1' };

/** A hundred orders a second, some of them later than 50 ms. */
const lags = (inTimePerS: number): SeriesOverTime[] => [
  growing(`${METRIC.generatorLag}_bucket`, { instance: 'customers', le: '0.05' }, inTimePerS),
  growing(`${METRIC.generatorLag}_bucket`, { instance: 'customers', le: '0.1' }, 100),
  growing(`${METRIC.generatorLag}_bucket`, { instance: 'customers', le: '+Inf' }, 100),
];

export const OBSERVING_CASES: readonly AlertCases[] = [
  {
    alert: 'TargetDown',
    fires: [{ what: 'a kitchen has not answered for forty seconds', series: [stepping('up', kitchen, '1x10 0x100')], at: '1m5s', labels: { job: JOB, ...kitchen } }],
    nearMisses: [{ what: 'it has not for a quarter of a minute', series: [stepping('up', kitchen, '1x10 0x100')], at: '40s' }],
  },
  {
    alert: 'GeneratorSaturated',
    fires: [{ what: 'one order in ten is sent late', series: lags(90), at: '1m', labels: { job: JOB }, value: '95ms' }],
    nearMisses: [{ what: 'one in two hundred is', series: lags(99.5), at: '1m' }],
  },
  {
    alert: 'FaultLeftActive',
    fires: [{ what: 'an AZ has been isolated for twenty minutes', series: [turningOn(METRIC.faultActive, { verb: 'isolate', target: 'az1' }, 60, 1200)], at: '18m', labels: { job: JOB, verb: 'isolate', target: 'az1' } }],
    nearMisses: [{ what: 'it has been for ten minutes, as long as a fault by hand lives', series: [turningOn(METRIC.faultActive, { verb: 'isolate', target: 'az1' }, 60, 1200)], at: '11m' }],
  },
];
