/**
 * Customers in virtual time: orders at a chosen rate whatever the answers (open loop, Poisson), one menu read
 * per order, one second of patience, and one record per request in the form that real customers write.
 */
import { PATIENCE_MS, type CustomerRecord } from '#contracts/records.ts';
import { exponential } from '#policy/random.ts';
import type { Call, Network } from './network.ts';
import type { Node } from './node.ts';

export class Customers {
  readonly records: CustomerRecord[] = [];
  private readonly node: Node;
  private readonly network: Network;
  private readonly frontDoor: Node;
  private readonly keyed: boolean;
  private readonly random: () => number;
  private ratePerSecond = 0;
  private sequence = 0;

  /** @param keyed orders carry an `idempotency-key`, as the region's own customers send them */
  constructor(node: Node, network: Network, frontDoor: Node, keyed: boolean, random: () => number) {
    this.keyed = keyed;
    this.node = node;
    this.network = network;
    this.frontDoor = frontDoor;
    this.random = random;
  }

  /** Orders per second from now on; 0 stops. Arrivals that are already planned still happen. */
  traffic(ratePerSecond: number): void {
    const wasIdle = this.ratePerSecond === 0;
    this.ratePerSecond = ratePerSecond;
    if (wasIdle) this.planNext();
  }

  private planNext(): void {
    if (this.ratePerSecond === 0) return;
    this.node.timer(this.node.time.nowMs + exponential(this.random, 1000 / this.ratePerSecond), () => {
      this.sequence += 1;
      this.send('order', `o${this.sequence}`);
      this.send('menu', `m${this.sequence}`);
      this.planNext();
    });
  }

  private send(kind: 'order' | 'menu', key: string): void {
    const { node, records } = this;
    const record: CustomerRecord = {
      seq: 0, kind, arm: 'balanced', intendedMs: node.time.nowMs, sentMs: node.time.nowMs,
      answeredMs: null, status: null, az: null, retried: null, bakeMs: null, bakedIn: null,
    };
    const settle = (): void => {
      node.clear(patience);
      record.seq = records.length;
      records.push(record);
    };
    const patience = node.timer(node.time.nowMs + PATIENCE_MS, () => {
      call.abort();
      settle();
    });
    const call: Call = this.network.call(node, this.frontDoor, { kind, key, budgetMs: PATIENCE_MS, replayable: kind === 'menu' || this.keyed, avoidZone: null }, {
      written: () => {},
      replied: (reply) => {
        record.answeredMs = node.time.nowMs;
        record.status = reply.status;
        record.az = reply.az;
        record.retried = reply.retried;
        record.bakeMs = kind === 'order' && reply.status < 300 ? reply.bakeMs : null;
        settle();
      },
      failed: settle,
    });
  }
}
