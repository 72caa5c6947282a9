/**
 * What customers got, from their own records and asked of them directly: while the injector is stopped there is nobody
 * else to ask, and a region that needs it to know that it lives would not be statically stable.
 */
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { node } from './inside.fixture.ts';
import { addressOn } from './place.fixture.ts';

const ADMIN = `http://${addressOn('front', 200)}:9000`;

const READ = `
const [base, since] = process.argv.slice(1);
(async () => {
  for (let after = 0, oldest = null; ; ) {
    const answer = await fetch(base + '/records?limit=20000&after=' + after);
    const lines = (await answer.text()).split('\\n').filter((line) => line !== '');
    if (lines.length === 0) return;
    oldest ??= JSON.parse(lines[0]).intendedMs;
    if (answer.headers.get('x-dropped') === '1' && oldest > Number(since)) throw new Error('customers no longer have every record of the test');
    for (const line of lines) if (JSON.parse(line).intendedMs >= Number(since)) process.stdout.write(line + '\\n');
    after = Number(answer.headers.get('x-next-seq'));
  }
})().catch((error) => { console.error(error.message); process.exitCode = 1; });
`;

/** What customers paid for something that happened. */
export interface Toll {
  orders: number;
  ordersFailed: number;
  menus: number;
  menusFailed: number;
  /** Orders that a hop had to send again. */
  retried: number;
  slowestMs: number;
}

/** All settled requests that were intended since. @throws Error when some are gone: a count with a hole proves nothing */
export async function recordsSince(wallMs: number): Promise<CustomerRecord[]> {
  const lines = (await node('customers', READ, [ADMIN, String(wallMs)])).split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as CustomerRecord);
}

export async function tollSince(wallMs: number): Promise<Toll> {
  return tollOf(await recordsSince(wallMs));
}

export function tollOf(records: readonly CustomerRecord[]): Toll {
  const orders = records.filter(({ kind }) => kind === 'order');
  const menus = records.filter(({ kind }) => kind === 'menu');
  return {
    orders: orders.length,
    ordersFailed: orders.filter((record) => !isAnswered(record)).length,
    menus: menus.length,
    menusFailed: menus.filter((record) => !isAnswered(record)).length,
    retried: orders.filter(({ retried }) => retried !== null).length,
    slowestMs: Math.round(Math.max(0, ...orders.map(({ answeredMs, intendedMs }) => (answeredMs === null ? 0 : answeredMs - intendedMs)))),
  };
}

export function tollText({ orders, ordersFailed, menus, menusFailed, retried, slowestMs }: Toll): string {
  return `${orders} orders, ${ordersFailed} failed, ${retried} sent again, slowest ${slowestMs} ms; ${menus} menus, ${menusFailed} failed`;
}
