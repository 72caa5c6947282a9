/**
 * Ends what is broken, going by inspection: whatever does not run is started, whatever a link has beside its base is
 * taken off, whoever broke it. So a heal also repairs a crash and a `kill -9` by hand, and healing twice is harmless.
 *
 * Order: faults on links end first, so that a link that returns is not given them anew; then components return; then
 * shifts, links and switches.
 */
import { isLinkVerb, type HealAnswer } from '#contracts/faults.ts';
import type { LeasedFault } from '#policy/leases.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { takeOffLinks } from './links/link-faults.ts';
import type { Parts } from './parts.ts';
import { restore } from './restore.ts';

/** What a heal is about. */
export interface HealScope {
  /** Components to inspect. */
  names: readonly string[];
  /** AZs to bring back into rotation. */
  zones: readonly string[];
  /** Faults on links to end. */
  onLinks: (fault: LeasedFault) => boolean;
  /** Whether switches turn back to what the description says. */
  switches: boolean;
}

export const NOTHING: HealScope = { names: [], zones: [], onLinks: () => false, switches: false };

export class Healer {
  readonly #parts: Parts;
  readonly #leases: LeaseKeeper;
  readonly #settled: () => Promise<unknown>;

  /** @param settled resolves when no fault is being made that a heal would inspect too early */
  constructor(parts: Parts, leases: LeaseKeeper, settled: () => Promise<unknown>) {
    this.#parts = parts;
    this.#leases = leases;
    this.#settled = settled;
  }

  /** @param undone faults on links that are in the book no more. Never rejects: what remains is named. */
  async heal({ names, zones, onLinks, switches: turnsBack }: HealScope, undone: readonly LeasedFault[] = []): Promise<HealAnswer> {
    const { driver, endpoints, links, switches } = this.#parts;
    await this.#settled();
    const unseen = await driver.look();
    const covered = this.#leases.all().filter((fault) => {
      // Nothing of it is done yet: it waits for this heal, or for another.
      if (fault.state === 'asked') return false;
      if (isLinkVerb(fault.verb)) return onLinks(fault);
      return fault.zone === null ? fault.members.every((name) => names.includes(name)) : zones.includes(fault.zone);
    });
    for (const { id } of covered) this.#leases.step({ type: 'heal.begun', id });
    const ended = [...undone, ...covered.filter(({ verb }) => isLinkVerb(verb))];
    for (const { id } of ended) links.end(id);
    const restored = await restore(driver, endpoints, names, (name) => this.#returned(name));
    for (const name of restored.healed) links.returned(name);
    const [unreached, untold, carried] = await Promise.all([
      Promise.all(zones.map((zone) => switches.cancelShift(zone))),
      turnsBack ? switches.set({ rescue: null, ovens: null }) : [],
      takeOffLinks(links, driver, names, ended),
    ]);
    this.#leases.step({ type: 'heal.finished', members: restored.running, zones, offLinks: carried.over });
    for (const { id } of covered) this.#leases.step({ type: 'heal.failed', id });
    return {
      healed: [...new Set([...restored.healed, ...carried.healed])],
      remains: dedupe([...restored.remains, ...unreached.flat(), ...untold, ...carried.remains, ...(unseen === null ? [] : [{ name: 'Docker', reason: unseen }])]),
      atMs: Date.now(),
    };
  }

  /** A program that started anew knows only its configuration. */
  async #returned(name: string): Promise<void> {
    const { endpoints, switches, rate } = this.#parts;
    await switches.restarted(name);
    if (endpoints.some((endpoint) => endpoint.name === name && endpoint.role === 'customers')) await rate.remind();
  }
}

function dedupe(entries: readonly { name: string; reason: string }[]): { name: string; reason: string }[] {
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}
