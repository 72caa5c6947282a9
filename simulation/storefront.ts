/**
 * A storefront in virtual time: answers the menu itself, and takes an order by calling the kitchens through
 * its own balanced client. Its answers carry its own zone, whichever zone baked.
 */
import type { HealthAnswer } from '#contracts/health.ts';
import type { BalancedClient } from './balanced-client.ts';
import type { Call } from './network.ts';
import type { Node, Program } from './node.ts';

/** Milliseconds of work for a menu. */
const MENU_MS = 1;

export class Storefront implements Program {
  readonly client: BalancedClient;
  private readonly node: Node;

  constructor(node: Node, client: BalancedClient) {
    this.node = node;
    this.client = client;
  }

  load(): null {
    return null;
  }

  firstAttempts(): HealthAnswer['firstAttempts'] {
    return this.client.firstAttempts();
  }

  handle(call: Call): void {
    const { node } = this;
    if (call.request.kind === 'menu') {
      node.timer(node.time.nowMs + MENU_MS, () => call.respond({ status: 200, az: node.az, retried: null, bakeMs: null, error: null, health: null }));
      return;
    }
    call.onAborted = this.client.request(call.request, (reply) => call.respond({ ...reply, az: node.az }));
  }
}
