/** A request that the policy knows of, with its attempts: two at most, both alive while a rescue runs. */
import type { Attempt } from './attempt.ts';
import type { Exchange } from './exchange.ts';

export class InFlight {
  /** Unique among what is in flight, which a client's own `x-request-id` need not be. */
  readonly id: string;
  readonly exchange: Exchange;
  readonly attempts: Attempt[] = [];
  /** Part of a response was passed on. */
  responding = false;

  constructor(id: string, exchange: Exchange) {
    this.id = id;
    this.exchange = exchange;
  }

  attempt(id: number): Attempt | undefined {
    return this.attempts.find((attempt) => attempt.id === id);
  }
}
