/**
 * An agent that is one word when it is inspected. docker-modem 5 formats each call's options for its debug log in full depth,
 * whether or not anybody reads that, and the agent in them leads to every socket that is open, with all its buffers: two dozen
 * calls at a time came to 20 MB of text and to seconds in which nothing else was done.
 */
import { Agent } from 'node:http';
import { inspect } from 'node:util';

export class TerseAgent extends Agent {
  [inspect.custom](): string {
    return 'TerseAgent';
  }
}
