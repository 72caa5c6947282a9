/**
 * One client of a proxy: dialling its upstream, then relayed, then gone. Every socket has its error handler
 * before anything is awaited, because one unhandled reset ends a Node process. Whatever comes from outside,
 * a toxic or a disable, is done at once and waits for neither peer.
 *
 * States: dialling → relayed → closed, or dialling → closed.
 */
import type { Socket } from 'node:net';
import type { DialFailure, Dialer } from './dial.ts';
import { connectionRandom, type DrawOf } from './draws.ts';
import type { ProxyTraffic } from './proxy-traffic.ts';
import { Relay, type CloseCause } from './relay/relay.ts';
import { toRelayToxic, type Toxic } from './toxic.ts';

export interface ConnectionOptions {
  /** Not read yet. */
  client: Socket;
  upstream: string;
  dial: Dialer;
  who: DrawOf;
  fullClose: boolean;
  traffic: ProxyTraffic;
  /** Those of the proxy at the moment the upstream answers, in order of creation. */
  toxics: () => readonly Toxic[];
  onDialFailed: (failure: DialFailure, detail: string) => void;
  /** Exactly once. */
  onClosed: () => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  #relay: Relay | null = null;
  #cancelDial: (() => void) | null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    options.client.on('error', () => {});
    this.#cancelDial = options.dial(options.upstream, {
      connected: (upstream) => this.#connect(upstream),
      failed: (failure, detail) => this.#refuse(failure, detail),
    });
  }

  /** Names of the toxics that govern it now. */
  activeToxics(): string[] {
    return this.#relay?.activeToxics() ?? [];
  }

  addToxic(toxic: Toxic): void {
    this.#relay?.addToxic(toRelayToxic(toxic, this.#options.who));
  }

  updateToxic(toxic: Toxic): void {
    this.#relay?.updateToxic(toRelayToxic(toxic, this.#options.who));
  }

  removeToxic(name: string): void {
    this.#relay?.removeToxic(name);
  }

  /** Closes both sides now; a dial is given up. */
  close(cause: CloseCause): void {
    if (this.#relay !== null) return this.#relay.close(cause);
    if (this.#cancelDial === null) return;
    this.#options.traffic.closed[cause] += 1;
    this.#endDial();
  }

  #connect(upstream: Socket): void {
    const { client, fullClose, traffic, who, toxics, onClosed } = this.#options;
    this.#cancelDial = null;
    this.#relay = new Relay({
      client,
      upstream,
      toxics: toxics().map((toxic) => toRelayToxic(toxic, who)),
      fullClose,
      random: connectionRandom(who),
      onReceived: (stream, bytes) => {
        traffic.received[stream] += bytes;
      },
      onSent: (stream, bytes) => {
        traffic.sent[stream] += bytes;
      },
      onDiscarded: (stream, bytes) => {
        traffic.discarded[stream] += bytes;
      },
      onClosed: (cause) => {
        traffic.closed[cause] += 1;
        onClosed();
      },
    });
  }

  #refuse(failure: DialFailure, detail: string): void {
    this.#options.traffic.dialFailures[failure] += 1;
    this.#options.onDialFailed(failure, detail);
    this.#endDial();
  }

  #endDial(): void {
    this.#cancelDial?.();
    this.#cancelDial = null;
    closeCleanly(this.#options.client);
    this.#options.onClosed();
  }
}

/** An end of stream rather than a reset: what the client sent meanwhile is read, because closing over it would reset. */
function closeCleanly(client: Socket): void {
  client.resume();
  client.end(() => client.destroy());
}
