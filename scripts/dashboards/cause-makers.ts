/** Makes the causes of `causes.ts` on a running region, each with what ends it. Everything goes to processes and addresses of that region. */
import type { HealthReason } from '#contracts/events.ts';
import type { FaultRequest } from '#contracts/faults.ts';
import type { ComponentStatus } from '#contracts/region-status.ts';
import { HEADER } from '#contracts/headers.ts';
import type { NetworkAddress, Region } from '#contracts/region.ts';
import type { Cause } from './causes.ts';
import { impersonate } from './impersonate.ts';
import { waitUntil } from './wait-until.ts';
import type { WatchedRegion } from './watched-region.ts';

/** What customers order at rest: little, so that a busy machine has rest too. */
export const RATE_PER_SECOND = 50;
/** Far more than one oven in each kitchen bakes (75/s). */
const OVERLOAD_PER_SECOND = 130;
const SURGE_PER_SECOND = 150;
/** A kitchen with one oven bakes 12 orders/s; an AZ gets a third of these. */
const GREY_PER_SECOND = 90;
const [EXAMINED, FIRST_NEIGHBOUR, SECOND_NEIGHBOUR] = ['az1', 'az2', 'az3'] as const;

/** A process that stands still this long out of every period is late, and not yet taken for dead. */
const STILL_MS = 250;
const STILL_EVERY_MS = 900;
const AGAIN_EVERY_MS = 2000;
/** Each goes to one of six kitchens, and some twice to the same. */
const KEYS = 40;
const ANSWER_MS_MAX = 10_000;
const FOUND_MS_MAX = 20_000;

/** Ends the cause. */
type End = () => Promise<void>;
type Maker = (watched: WatchedRegion) => Promise<End>;

const ENDED: End = async () => undefined;

export const MAKERS: Readonly<Record<Cause, Maker>> = {
  overload: async (watched) => {
    const { injector } = watched;
    await injector.put('/v1/settings', { ovens: 1 });
    const calm = await orders(watched, OVERLOAD_PER_SECOND);
    return async () => {
      await injector.put('/v1/settings', { ovens: null });
      await calm();
    };
  },
  surge: (watched) => orders(watched, SURGE_PER_SECOND),
  stutter: async ({ status }) => {
    const pids = pidsOf((await status()).components, ['customers', 'front-door', `${EXAMINED}-load-balancer`]);
    let moving: NodeJS.Timeout | undefined;
    const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => pids.forEach((pid) => void process.kill(pid, name));
    const stop = setInterval(() => {
      signal('SIGSTOP');
      moving = setTimeout(() => signal('SIGCONT'), STILL_MS);
    }, STILL_EVERY_MS);
    return async () => {
      clearInterval(stop);
      clearTimeout(moving);
      signal('SIGCONT');
    };
  },
  'order sent again': async (watched) => {
    const again = setInterval(() => void orderWithKeys(watched), AGAIN_EVERY_MS);
    return async () => clearInterval(again);
  },
  verdict: async (watched) => {
    await tellVerdict(watched, 'FAIL');
    return ENDED;
  },
  'small AZ': async (watched) => {
    await bakeWith(watched, 1);
    const calm = await orders(watched, GREY_PER_SECOND);
    return async () => {
      await bakeWith(watched, null);
      await calm();
    };
  },
  'grey AZ': async (watched) => {
    // It serves, and answers every check; but it has one oven, and nobody can help it.
    await bakeWith(watched, 1);
    const heal = await broken(watched, [
      ...[FIRST_NEIGHBOUR, SECOND_NEIGHBOUR].map((peer) => ({ verb: 'cut', target: EXAMINED, peer, refuse: true }) as const),
      { verb: 'kill', target: `${EXAMINED}-kitchen-b` },
    ]);
    const calm = await orders(watched, GREY_PER_SECOND);
    return async () => {
      await heal();
      await bakeWith(watched, null);
      await calm();
    };
  },
  'AZ loss': (watched) => broken(watched, [{ verb: 'kill', target: EXAMINED }]),
  'AZ freeze': (watched) => broken(watched, [{ verb: 'freeze', target: FIRST_NEIGHBOUR }]),
  'two AZs answer 503': async (watched) => {
    // Most targets of the front door answer and are sick.
    const names = [FIRST_NEIGHBOUR, SECOND_NEIGHBOUR].map((az) => `${az}-load-balancer`);
    const heal = await broken(watched, names.map((target) => ({ verb: 'fail', target, rate: 1, status: 503 })));
    try {
      await frontDoorFinds(watched, names, 'probe-status');
    } catch (error) {
      await heal();
      throw error;
    }
    return heal;
  },
  // They pass every check and then say that they have nobody to send a request to, which may be sent elsewhere and spends the
  // retry budget; what one AZ refuses is less than the budget. What `fail` answers is an answer and is not sent again.
  'two AZs that lie': (watched) => impersonate(watched, [EXAMINED, FIRST_NEIGHBOUR].map((az) => `${az}-load-balancer`), (path, response, health) =>
    void (path === '/healthz' ? response.writeHead(200, { 'content-type': 'application/json' }).end(health) : response.writeHead(503, { [HEADER.error]: 'AZ_NO_TARGET' }).end())),
  'end of the region': async ({ stopRegion }) => {
    await stopRegion();
    return ENDED;
  },
};

/** Waits until that is why the front door has given up these targets. */
async function frontDoorFinds({ status }: WatchedRegion, names: readonly string[], why: HealthReason): Promise<void> {
  await waitUntil(`the front door gives up ${names.join(' and ')} for ${why}`, FOUND_MS_MAX, async () => {
    const { balancers } = await status();
    const targets = (balancers.find(({ az }) => az === null)?.upstreams ?? []).flatMap((upstream) => upstream.targets).filter(({ target }) => names.includes(target));
    if (targets.length === names.length && targets.every(({ state, reason }) => state === 'down' && reason === why)) return true;
    throw new Error(targets.map(({ target, state, reason }) => `${target} is ${state} for ${reason}`).join(', '));
  });
}

/** Orders with keys that are always the same; kitchens remember them for a minute, and bake them again after it. */
export async function orderWithKeys({ running }: WatchedRegion): Promise<void> {
  const orders = Array.from({ length: KEYS }, (_, at) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': `always-the-same-${at}` };
    // What becomes of it is Prometheus's to tell.
    return fetch(new URL('/orders', running.urls['shop']), { method: 'POST', headers, body: '{"pizza":"funghi"}', signal: AbortSignal.timeout(ANSWER_MS_MAX) }).then((answer) => answer.text(), () => '');
  });
  await Promise.all(orders);
}

/** A run that ended, told to the injector as runs tell it. */
export async function tellVerdict({ injector }: WatchedRegion, verdict: 'PASS' | 'FAIL'): Promise<void> {
  await injector.put('/v1/verdicts', { experiment: 'az-power-loss', az: EXAMINED, verdict, atMs: Date.now() });
}

async function orders({ injector }: WatchedRegion, ratePerSecond: number): Promise<End> {
  await injector.put('/v1/traffic', { ratePerSecond });
  return async () => void (await injector.put('/v1/traffic', { ratePerSecond: RATE_PER_SECOND }));
}

async function broken({ injector }: WatchedRegion, faults: readonly FaultRequest[]): Promise<End> {
  for (const fault of faults) await injector.post('/v1/faults', fault);
  return async () => void (await injector.post('/v1/heal', {}));
}

/** Ovens of the kitchens of one AZ; null is what the description says. */
async function bakeWith({ injector }: WatchedRegion, ovens: number | null): Promise<void> {
  const { endpoints } = await injector.get<Region>('/v1/region');
  for (const { az, service, admin, environment } of endpoints) {
    if (az !== EXAMINED || service !== 'kitchen') continue;
    const { host, port } = required(admin, 'kitchen');
    const answer = await fetch(`http://${host}:${port}/ovens`, {
      method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ovens: ovens ?? Number(environment['KITCHEN_OVENS']) }), signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (!answer.ok) throw new Error(`A kitchen does not take another number of ovens: ${answer.status} ${await answer.text()}`);
  }
}

function pidsOf(components: readonly ComponentStatus[], names: readonly string[]): number[] {
  return names.map((name) => {
    const pid = components.find((one) => one.name === name)?.pid ?? null;
    if (pid === null) throw new Error(`${name} has no process.`);
    return pid;
  });
}

function required(address: NetworkAddress | null | undefined, of: string): NetworkAddress {
  if (address === null || address === undefined) throw new Error(`The ${of} has no address in this region.`);
  return address;
}
