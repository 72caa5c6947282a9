/**
 * Ends what is broken, going by inspection: whatever does not run is started, whatever a link has beside its base is
 * taken off, whatever a service was told to do wrong ends, whoever broke it. So a heal also repairs a crash and a
 * `kill -9` by hand, and healing twice is harmless.
 *
 * Order: faults on links and in services end first, so that what returns is not given them anew; then components return;
 * then shifts, links, switches and services that have just come back.
 */
import { isLinkVerb, isServiceVerb, type HealAnswer, type Residue } from '#contracts/faults.ts';
import type { Endpoint } from '#contracts/region.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { inspect } from './inspection.ts';
import { inverseOf } from './inverse.ts';
import type { Journal } from './journal.ts';
import type { Intent } from './journal-lines.ts';
import type { LeaseKeeper } from './lease-keeper.ts';
import { concerns, takeOffLinks } from './links/link-faults.ts';
import { linksOf } from './links/touched-ways.ts';
import type { Parts } from './parts.ts';
import { residueOf } from './residue.ts';
import { restore } from './restore.ts';
import { beginAmends, finishAmends, type AmendScope } from './service-faults/amends.ts';
import type { Target } from './targets.ts';

/** What a heal is about. */
interface HealScope {
  /** Components to inspect. */
  names: readonly string[];
  /** AZs to bring back into rotation. */
  zones: readonly string[];
  /** Faults on links to end. */
  onLinks: (fault: LeasedFault) => boolean;
  /** Services that are to do right again. */
  amends: AmendScope;
  /** Whether switches turn back to what the description says. */
  switches: boolean;
}

export class Healer {
  readonly #parts: Parts;
  readonly #leases: LeaseKeeper;
  readonly #journal: Journal;
  /** Faults that are being made, by their ids: a heal waits for them, else it would inspect too early. */
  readonly #acting = new Map<string, Promise<unknown>>();

  constructor(parts: Parts, leases: LeaseKeeper, journal: Journal) {
    this.#parts = parts;
    this.#leases = leases;
    this.#journal = journal;
  }

  /** Heals that are asked for while a fault is being made begin after it. @returns as the act */
  async after<T>(id: string, acting: Promise<T>): Promise<T> {
    this.#acting.set(id, acting);
    try {
      return await acting;
    } finally {
      this.#acting.delete(id);
    }
  }

  /** One fault. */
  fault(fault: LeasedFault): Promise<HealAnswer> {
    return this.#heal(this.#scopeOf(fault));
  }

  /** What was done of a fault that could not be made. It is held until nothing of it remains, as any other whose time is over. */
  halfMade(fault: LeasedFault): Promise<HealAnswer> {
    this.#leases.step({ type: 'heal.begun', id: fault.id });
    return this.#heal(this.#scopeOf(fault));
  }

  /** What a target names, what it was told to do wrong, and of an AZ its faults on links and its shift. */
  target({ kind, zone, members }: Target): Promise<HealAnswer> {
    const isAz = kind === 'az';
    return this.#heal({
      names: members, zones: isAz ? [zone] : [], onLinks: (fault) => isAz && concerns(fault, zone), amends: { names: members, of: () => true }, switches: false,
    });
  }

  /** Every fault, whoever made it and in whatever start, switches whoever turned them, and of components these. */
  async everything(names: readonly string[]): Promise<HealAnswer> {
    const { endpoints, links } = this.#parts;
    const amends = { names: endpoints.map(({ name }) => name), of: () => true };
    const answer = await this.#heal({ names: [...names, ...links.names()], zones: zonesOf(endpoints), onLinks: () => true, amends, switches: true });
    if (answer.remains.length === 0) await this.#recordHealed(this.left().map(({ id }) => id));
    return answer;
  }

  /** Faults that an earlier start of the injector left open, by its journal. */
  left(): Intent[] {
    return [...this.#journal.state.open.values()].filter(({ id }) => !this.#leases.has(id));
  }

  /** Everything that is not as the description has it, whoever holds it. */
  async residue(): Promise<Residue[]> {
    const { driver, endpoints, links } = this.#parts;
    const unseen = await driver.look();
    const seen = await inspect(this.#parts, { names: () => true, links: links.names(), zones: zonesOf(endpoints), services: endpoints.map(({ name }) => name), switches: true });
    return [...residueOf(links.described(), endpoints, seen, []), ...unseenResidue(unseen)];
  }

  #scopeOf(fault: LeasedFault): HealScope {
    const { restore, unshift, amend } = inverseOf(this.#parts.endpoints, fault);
    const isIt = ({ id }: LeasedFault): boolean => id === fault.id;
    return { names: restore, zones: unshift, onLinks: isIt, amends: { names: amend, of: isIt }, switches: false };
  }

  /** Never rejects: what remains is named. */
  async #heal({ names, zones, onLinks, amends, switches: turnsBack }: HealScope): Promise<HealAnswer> {
    const { driver, endpoints, links, services, switches } = this.#parts;
    const unseen = await this.#lookBetweenActs();
    // Of one that is only asked for nothing is done yet: it waits for this heal, or for another.
    const made = this.#leases.all().filter(({ state }) => state !== 'asked');
    const covered = made.filter((fault) => {
      if (isLinkVerb(fault.verb)) return onLinks(fault);
      if (isServiceVerb(fault.verb)) return amends.of(fault) && fault.members.every((name) => amends.names.includes(name));
      return fault.zone === null ? fault.members.every((name) => names.includes(name)) : zones.includes(fault.zone);
    });
    for (const { id } of covered) this.#leases.step({ type: 'heal.begun', id });
    const ended = covered.filter(({ verb }) => isLinkVerb(verb));
    for (const { id } of ended) links.end(id);
    const amending = beginAmends(services, made, amends);
    const restored = await restore(driver, endpoints, names, (name) => this.#returned(name));
    for (const name of restored.healed) links.returned(name);
    // Who took an AZ out of rotation meanwhile holds it.
    const unshifted = zones.filter((zone) => !this.#since(made).some((fault) => fault.zone === zone));
    const [unreached, untold, carried, amended] = await Promise.all([
      Promise.all(unshifted.map((zone) => switches.cancelShift(zone))),
      turnsBack ? switches.set({ rescue: null, ovens: null }) : [],
      takeOffLinks(links, driver, names, ended),
      finishAmends(services, driver, amending),
    ]);
    // What could not be looked at may be as it was last seen, or not.
    const running = unseen === null ? restored.running : [];
    // Nor is what ran then what runs now, if it was struck since.
    const struck = new Set(this.#since(made).flatMap(({ members }) => members));
    const members = running.filter((name) => !struck.has(name));
    this.#leases.step({ type: 'heal.finished', members, zones: unshifted, offLinks: carried.over, freed: amended.freed });
    for (const { id } of covered) this.#leases.step({ type: 'heal.failed', id });
    const atMs = Date.now();
    // Whoever else was to be told had to wait for what returned.
    const isRestoreAlone = zones.length === 0 && !turnsBack && ended.length === 0 && amending.ended.length === 0;
    // Also of what several heals freed part by part, each of them too little to cover it.
    await this.#recordHealed(made.map(({ id }) => id).filter((id) => !this.#leases.has(id) && this.#journal.state.open.has(id)));
    const seen = await inspect(this.#parts, { names: (name) => names.includes(name), links: [...names, ...linksOf(ended.flatMap(({ members }) => members))], zones, services: amends.names, switches: turnsBack });
    // What could not be done says more than what was then found.
    const undoable = [...restored.remains, ...unreached.flat(), ...untold, ...carried.remains, ...amended.remains, ...unseenResidue(unseen)];
    const stays = this.#leases.all().filter(({ state }) => state !== 'healing');
    return {
      healed: [...new Set([...restored.healed, ...carried.healed, ...amended.healed])],
      remains: firstOfEach([...undoable, ...residueOf(links.described(), endpoints, seen, stays)]),
      acknowledgedMs: isRestoreAlone ? restored.acknowledgedMs : atMs,
      atMs,
    };
  }

  /** Looks while nothing is being made, and so knows all that was. @returns why it could not, one sentence; else null */
  async #lookBetweenActs(): Promise<string | null> {
    let unseen: string | null;
    do {
      await Promise.allSettled(this.#acting.values());
      unseen = await this.#parts.driver.look();
    } while (this.#acting.size > 0);
    return unseen;
  }

  /** Faults that were made, or are being made, since these were all that were. */
  #since(made: readonly LeasedFault[]): LeasedFault[] {
    const known = new Set(made.map(({ id }) => id));
    return this.#leases.all().filter(({ id, state }) => !known.has(id) && (state !== 'asked' || this.#acting.has(id)));
  }

  /** What cannot be written is known by the journal; the next start finds nothing to undo. */
  async #recordHealed(ids: readonly string[]): Promise<void> {
    await Promise.allSettled(ids.map((id) => this.#journal.append({ type: 'healed', atMs: Date.now(), id })));
  }

  /** A program that started anew knows only its configuration. */
  async #returned(name: string): Promise<void> {
    const { endpoints, services, switches, rate } = this.#parts;
    await Promise.all([switches.restarted(name), services.returned(name)]);
    if (endpoints.some((endpoint) => endpoint.name === name && endpoint.role === 'customers')) await rate.remind();
  }
}

function zonesOf(endpoints: readonly Endpoint[]): string[] {
  return [...new Set(endpoints.map((endpoint) => endpoint.az).filter((az) => az !== null))];
}

function unseenResidue(unseen: string | null): Residue[] {
  return unseen === null ? [] : [{ name: 'Docker', reason: unseen }];
}

/** One reason for each name. */
function firstOfEach(entries: readonly Residue[]): Residue[] {
  return entries.filter(({ name }, index) => entries.findIndex((one) => one.name === name) === index);
}
