/** Faults of every verb, a few at a time, on random parts of a region. A seed gives the same for ever. */
import type { FaultRequest } from '#contracts/faults.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { createRandom } from '#policy/random.ts';

const FAULTS_MIN = 2;
const FAULTS_MAX = 5;
/** Of a whole AZ, of a data centre, of a replica. */
const PARTS = ['', '-dc1', '-dc2', '-kitchen-a', '-storefront-b', '-load-balancer'] as const;

/** Endless. @param silent whether this body has networks that something can leave */
export function* combinations(seed: number, silent: boolean): Generator<FaultRequest[], never> {
  const random = createRandom(seed);
  const oneOf = <T>(some: readonly T[]): T => some[Math.floor(random() * some.length)] as T;
  const menu: readonly (() => FaultRequest)[] = [
    () => ({ verb: 'kill', target: oneOf(AVAILABILITY_ZONES) + oneOf(PARTS) }),
    () => ({ verb: 'freeze', target: oneOf(AVAILABILITY_ZONES) + oneOf(PARTS) }),
    () => ({ verb: 'isolate', target: oneOf(AVAILABILITY_ZONES) }),
    () => {
      const [target, peer] = oneOf([['az1', 'az2'], ['az2', 'az3'], ['az3', 'az1']] as const);
      return { verb: 'cut', target, peer, oneWay: oneOf([true, false]), refuse: oneOf([true, false]) };
    },
    () => ({ verb: 'slow', target: oneOf(AVAILABILITY_ZONES), latencyMs: 400, jitterMs: 100 }),
    () => ({ verb: 'flaky', target: oneOf(AVAILABILITY_ZONES) }),
    () => ({ verb: 'shift', target: oneOf(AVAILABILITY_ZONES) }),
    () => ({ verb: 'fail', target: oneOf(AVAILABILITY_ZONES), rate: 0.5 }),
    () => ({ verb: 'lag', target: oneOf(AVAILABILITY_ZONES), latencyMs: 200 }),
    () => ({ verb: 'lie', target: oneOf(AVAILABILITY_ZONES), health: oneOf(['well', 'ill'] as const) }),
    ...(silent ? [
      (): FaultRequest => ({ verb: 'kill', target: oneOf(AVAILABILITY_ZONES), silent: true }),
      (): FaultRequest => ({ verb: 'isolate', target: oneOf(AVAILABILITY_ZONES), silent: true }),
    ] : []),
  ];
  for (;;) yield Array.from({ length: FAULTS_MIN + Math.floor(random() * (FAULTS_MAX - FAULTS_MIN + 1)) }, () => oneOf(menu)());
}
