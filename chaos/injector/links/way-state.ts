/** What a link's proxy is, as Toxiproxy tells it, and the calls that change it: all that this region asks of a Toxiproxy. */

/** `upstream` is the direction of requests. */
export type Stream = 'upstream' | 'downstream';

export interface Toxic {
  name: string;
  type: string;
  stream: Stream;
  /** Share of connections, 0..1. */
  toxicity: number;
  attributes: Record<string, number>;
}

export interface WayState {
  /** As the server writes it: a resolved address, `[::]:port` for every address. */
  listen: string;
  upstream: string;
  enabled: boolean;
  toxics: Toxic[];
}

/** One call to one link. Those that set `enabled` repeat the addresses: an equal address restarts nothing. */
export type LinkCall =
  /** Creates the proxy, or replaces the one that leads elsewhere. */
  | { type: 'populate'; proxy: string; listen: string; upstream: string; enabled: boolean }
  /** Closes what is open and refuses what comes. */
  | { type: 'disable'; proxy: string; listen: string; upstream: string }
  | { type: 'enable'; proxy: string; listen: string; upstream: string }
  | { type: 'add'; proxy: string; toxic: Toxic }
  /** Same name, type and stream; other values. */
  | { type: 'update'; proxy: string; toxic: Toxic }
  | { type: 'remove'; proxy: string; toxic: Toxic };

/** A link's control side. Both reject with LinkFailure. */
export interface LinkApi {
  /** Every proxy of the link, by name. */
  list(): Promise<Map<string, WayState>>;
  call(call: LinkCall): Promise<void>;
  /** It is back, on its networks or anew: what was sent to it before is lost, and nobody waits for that. */
  returned(): void;
}

export class LinkFailure extends Error {
  /** The link answered and refused; else it is dead, frozen or no Toxiproxy. */
  readonly refused: boolean;

  constructor(message: string, refused: boolean) {
    super(message);
    this.name = 'LinkFailure';
    this.refused = refused;
  }
}
