/**
 * The targets of one client with their connections. Membership may change while requests are under way:
 * what is known keeps its connections, what got another address starts anew there.
 */
import type { TargetSpec } from '#policy/messages.ts';
import { TargetConnections } from './target-connections.ts';

export interface TargetAddress {
  /** Endpoint name; also what health answers must carry. */
  id: string;
  /** Availability Zone; null where the target has none. */
  zone: string | null;
  /** `http://host:port` */
  url: string;
}

interface Entry extends TargetAddress {
  connections: TargetConnections;
}

export class TargetSet {
  readonly #checkInstance: boolean;
  #entries: Map<string, Entry>;

  constructor(targets: readonly TargetAddress[], checkInstance: boolean) {
    this.#checkInstance = checkInstance;
    this.#entries = new Map(targets.map((target) => [target.id, newEntry(target)]));
  }

  specs(): TargetSpec[] {
    return [...this.#entries.values()].map(({ id, zone }) => ({ id, zone, checkInstance: this.#checkInstance }));
  }

  get(id: string): { zone: string | null; connections: TargetConnections } | undefined {
    return this.#entries.get(id);
  }

  /** @returns the connections to targets that are gone, for the caller to destroy once the policy knows */
  change(targets: readonly TargetAddress[]): TargetConnections[] {
    const before = this.#entries;
    this.#entries = new Map();
    for (const target of targets) {
      const known = before.get(target.id);
      if (known?.url === target.url) this.#entries.set(target.id, { ...known, zone: target.zone });
      else this.#entries.set(target.id, newEntry(target));
      if (known !== undefined && known.url !== target.url) known.connections.retire();
      before.delete(target.id);
    }
    return [...before.values()].map((entry) => entry.connections);
  }

  destroyAll(): void {
    for (const { connections } of this.#entries.values()) connections.destroyAll();
  }
}

function newEntry(target: TargetAddress): Entry {
  return { ...target, connections: new TargetConnections(target.url) };
}
