/**
 * A load balancer's node in virtual time: a thin server over one balanced client. The front door is the same
 * program with the zones' nodes as its targets and a try timeout.
 */
import type { BalancedClient } from './balanced-client.ts';
import type { HealthAnswer } from '#contracts/health.ts';
import type { Call } from './network.ts';
import type { Program } from './node.ts';

export class LoadBalancer implements Program {
  readonly client: BalancedClient;

  constructor(client: BalancedClient) {
    this.client = client;
  }

  load(): null {
    return null;
  }

  firstAttempts(): HealthAnswer['firstAttempts'] {
    return this.client.firstAttempts();
  }

  handle(call: Call): void {
    call.onAborted = this.client.request(call.request, (reply) => call.respond(reply));
  }
}
