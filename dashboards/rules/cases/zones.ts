/** Cases of the alerts on one AZ, and on what is left when one goes. */
import { AVAILABILITY_ZONES, type AvailabilityZone } from '#contracts/labels.ts';
import { METRIC } from '#contracts/metrics.ts';
import { JOB, ORDERS } from '../../promql.ts';
import { growing, holding, turningOff, turningOn, type AlertCases, type SeriesOverTime } from './case.ts';

type ByAz = Readonly<Record<AvailabilityZone, number>>;

const EVEN: ByAz = { az1: 0.1, az2: 0.1, az3: 0.1 };
const frontDoor = (zone: string): Record<string, string> => ({ role: 'front-door', instance: 'front-door', upstream: 'load-balancer', zone });

function each(series: (az: AvailabilityZone) => SeriesOverTime[]): SeriesOverTime[] {
  return AVAILABILITY_ZONES.flatMap(series);
}

/** The front door uses all three, but for one that it was told to leave, for a minute or for good, and one that it gave up. */
function inService({ shifted, shiftedForAMinute, out }: { shifted?: AvailabilityZone; shiftedForAMinute?: AvailabilityZone; out?: AvailabilityZone } = {}): SeriesOverTime[] {
  return each((az) => [
    holding(METRIC.targetState, { ...frontDoor(az), target: `${az}-load-balancer`, state: 'up' }, az === out ? 0 : 1),
    az === shiftedForAMinute ? turningOff(METRIC.zoneShifted, frontDoor(az), 60) : holding(METRIC.zoneShifted, frontDoor(az), az === shifted ? 1 : 0),
  ]);
}

const latencies = (seconds: ByAz): SeriesOverTime[] => each((az) => [holding(METRIC.targetLatency, { ...frontDoor(az), target: `${az}-load-balancer` }, seconds[az])]);
const answered = (perS: ByAz): SeriesOverTime[] => each((zone) => [growing(ORDERS, { result: 'answered', zone }, perS[zone])]);
const firstAttempts = (failedPerS: ByAz): SeriesOverTime[] => each((az) => [growing(METRIC.firstAttempts, frontDoor(az), 100), growing(METRIC.firstAttemptsFailed, frontDoor(az), failedPerS[az])]);
const rated = (perAz: number): SeriesOverTime[] => each((az) => [holding(METRIC.kitchenRated, { az, instance: `${az}-kitchen-a` }, perAz)]);
const even = (perS: number): ByAz => ({ az1: perS / 3, az2: perS / 3, az3: perS / 3 });

const down = { ...frontDoor('az1'), target: 'az1-load-balancer', state: 'down' };
const farApart = (sign: string): Record<string, string> => ({ job: JOB, az: 'az1', sign });

export const ZONE_CASES: readonly AlertCases[] = [
  {
    alert: 'AzUnavailable',
    fires: [{ what: 'the front door has given an AZ up for twenty seconds', series: [turningOn(METRIC.targetState, down, 20)], at: '40s', labels: { job: JOB, az: 'az1' } }],
    nearMisses: [{ what: 'it gave it up eight seconds ago', series: [turningOn(METRIC.targetState, down, 20)], at: '28s' }],
  },
  {
    alert: 'AzsFarApart',
    fires: [
      { what: 'one AZ is five times slower', series: [...inService(), ...latencies({ ...EVEN, az1: 0.5 })], at: '1m', labels: farApart('latency'), value: '0.50' },
      { what: 'one AZ fails a tenth of its first attempts', series: [...inService(), ...firstAttempts({ az1: 10, az2: 0, az3: 0 })], at: '1m', labels: farApart('failures'), value: '0.10' },
      { what: 'one AZ answers a quarter of its share', series: [...inService(), ...answered({ az1: 10, az2: 55, az3: 55 })], at: '1m', labels: farApart('share'), value: '0.25' },
    ],
    nearMisses: [
      { what: 'one AZ is two and a half times slower, which balancers take for equal', series: [...inService(), ...latencies({ ...EVEN, az1: 0.25 })], at: '1m' },
      { what: 'all AZs fail alike', series: [...inService(), ...firstAttempts({ az1: 10, az2: 10, az3: 10 })], at: '1m' },
      { what: 'one AZ answers nothing, because somebody shifted it away', series: [...inService({ shifted: 'az1' }), ...answered({ az1: 0, az2: 60, az3: 60 })], at: '1m' },
      { what: 'an AZ that was shifted away has taken orders again for forty seconds, and its average is still low', series: [...inService({ shiftedForAMinute: 'az1' }), ...answered({ az1: 1, az2: 60, az3: 60 })], at: '1m40s' },
      { what: 'it began twenty seconds ago', series: [...inService(), ...latencies({ ...EVEN, az1: 0.5 })], at: '20s' },
    ],
  },
  {
    alert: 'CannotLoseAz',
    fires: [
      { what: 'more is expected than two AZs are rated for', series: [...inService(), ...rated(150), ...answered(even(320))], at: '3m', labels: { job: JOB } },
      { what: 'an AZ is out, and more is expected than one is rated for', series: [...inService({ out: 'az1' }), ...rated(150), ...answered(even(180))], at: '3m', labels: { job: JOB } },
      { what: 'an AZ is shifted away, and more is expected than one is rated for', series: [...inService({ shifted: 'az2' }), ...rated(150), ...answered(even(180))], at: '3m', labels: { job: JOB } },
    ],
    nearMisses: [
      { what: 'exactly what two AZs are rated for is expected', series: [...inService(), ...rated(150), ...answered(even(300))], at: '3m' },
      { what: 'an AZ is out, and one could carry it all', series: [...inService({ out: 'az1' }), ...rated(150), ...answered(even(140))], at: '3m' },
    ],
  },
  {
    alert: 'RegionAboveRating',
    fires: [
      { what: 'more is expected than three AZs are rated for', series: [...inService(), ...rated(150), ...answered(even(540))], at: '3m', labels: { job: JOB }, value: '120%' },
      { what: 'an AZ is out, and more is expected than two are rated for', series: [...inService({ out: 'az3' }), ...rated(150), ...answered(even(330))], at: '3m', labels: { job: JOB }, value: '110%' },
    ],
    nearMisses: [{ what: 'an AZ is out at designed peak', series: [...inService({ out: 'az3' }), ...rated(150), ...answered(even(300))], at: '3m' }],
  },
];
