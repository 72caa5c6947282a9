/**
 * A kitchen in virtual time: a semaphore of ovens and a timer per bake (lognormal), a queue in the order of
 * arrival, and one key baked once per replica.
 *
 * An order whose caller's patience would end before an oven is free is refused at once (AZ_OVENS_FULL), one
 * whose caller left is dropped from the queue, and one whose deadline passed is not put into an oven: work
 * that nobody waits for is what keeps an overloaded kitchen overloaded.
 */
import { lognormal } from '#policy/random.ts';
import type { Call, Reply } from './network.ts';
import type { Node, Program } from './node.ts';

export interface KitchenShape {
  ovens: number;
  bakeMeanMs: number;
  /** Standard deviation ÷ mean. */
  bakeCv: number;
}

export const DEFAULT_KITCHEN: KitchenShape = { ovens: 8, bakeMeanMs: 80, bakeCv: 0.5 };

/** What was baked in the whole region: how often each key left an oven. */
export type BakedKeys = Map<string, number>;

interface Order {
  key: string;
  /** Calls that wait for it: more than one when the key came again while it was in the oven. */
  calls: Call[];
  deadlineMs: number;
  state: 'waiting' | 'baking' | 'gone';
}

export class Kitchen implements Program {
  private readonly node: Node;
  private readonly shape: KitchenShape;
  private readonly random: () => number;
  private readonly baked: BakedKeys;
  private readonly orders = new Map<string, Order>();
  private readonly done = new Map<string, number>();
  private readonly queue: Order[] = [];
  private busy = 0;
  private waiting = 0;

  constructor(node: Node, shape: KitchenShape, random: () => number, baked: BakedKeys) {
    this.node = node;
    this.shape = shape;
    this.random = random;
    this.baked = baked;
  }

  load(): { busy: number; waiting: number; limit: number } {
    return { busy: this.busy, waiting: this.waiting, limit: this.shape.ovens };
  }

  firstAttempts(): null {
    return null;
  }

  handle(call: Call): void {
    const { key, budgetMs } = call.request;
    const bakedBefore = this.done.get(key);
    if (bakedBefore !== undefined) {
      call.respond(this.reply(bakedBefore));
      return;
    }
    let order = this.orders.get(key);
    if (order === undefined) {
      const queueMs = this.busy < this.shape.ovens ? 0 : ((this.waiting + 1) * this.shape.bakeMeanMs) / this.shape.ovens;
      if (budgetMs !== null && queueMs >= budgetMs) {
        call.respond({ ...this.reply(null), status: 503, error: 'AZ_OVENS_FULL' });
        return;
      }
      order = { key, calls: [], deadlineMs: this.node.time.nowMs + (budgetMs ?? Infinity), state: 'waiting' };
      this.orders.set(key, order);
      this.queue.push(order);
      this.waiting += 1;
    }
    order.calls.push(call);
    call.onAborted = () => this.leave(order, call);
    this.fillOvens();
  }

  private leave(order: Order, call: Call): void {
    order.calls.splice(order.calls.indexOf(call), 1);
    if (order.state === 'waiting' && order.calls.length === 0) this.drop(order);
  }

  private drop(order: Order): void {
    order.state = 'gone';
    this.waiting -= 1;
    this.orders.delete(order.key);
  }

  private fillOvens(): void {
    while (this.busy < this.shape.ovens) {
      const order = this.queue.shift();
      if (order === undefined) return;
      if (order.state === 'gone') continue;
      if (order.deadlineMs <= this.node.time.nowMs) {
        this.drop(order);
        for (const call of order.calls) call.respond({ ...this.reply(null), status: 504, error: 'AZ_DEADLINE' });
        continue;
      }
      this.bake(order);
    }
  }

  private bake(order: Order): void {
    order.state = 'baking';
    this.waiting -= 1;
    this.busy += 1;
    const bakeMs = lognormal(this.random, this.shape.bakeMeanMs, this.shape.bakeCv);
    this.node.timer(this.node.time.nowMs + bakeMs, () => {
      order.state = 'gone';
      this.busy -= 1;
      this.orders.delete(order.key);
      this.done.set(order.key, bakeMs);
      this.baked.set(order.key, (this.baked.get(order.key) ?? 0) + 1);
      for (const call of order.calls) call.respond(this.reply(bakeMs));
      this.fillOvens();
    });
  }

  private reply(bakeMs: number | null): Reply {
    return { status: bakeMs === null ? 503 : 201, az: this.node.az, retried: null, bakeMs, error: null, health: null };
  }
}
