/**
 * What can be broken in virtual time, and how it comes back: the verbs and targets of the real injector
 * (`az1`, `az1-dc2`, `az1-kitchen-a`), with the skew that stopping several processes has.
 */
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import type { Node } from './node.ts';
import type { Region } from './region.ts';

/** Eight parallel SIGKILLs on one host are spread over a few milliseconds. */
const SKEW_MS = 5;
/** A program of ours boots in this time, from the fastest to the slowest of an AZ, milliseconds. */
const BOOT_MS = { min: 300, max: 1500 };

export class Faults {
  private readonly region: Region;
  private readonly random: () => number;

  constructor(region: Region, random: () => number) {
    this.region = region;
    this.random = random;
  }

  /** SIGKILL of every process of an AZ, a data centre, or of one replica. */
  kill(target: string): void {
    this.each(target, SKEW_MS, (node) => node.die());
  }

  /**
   * A kill that takes its time, as that of a container engine under load does: each process dies at a moment of its own
   * within `spreadMs`, and so do the links that lead out of the AZ, which `heal` does not bring back.
   */
  killSlowly(az: string, spreadMs: number): void {
    const { network, time } = this.region;
    time.after(this.random() * spreadMs, () => {
      network.interference = (from, to) => (from.az === az && to.az !== null && to.az !== az ? 'break' : 0);
    });
    this.each(az, spreadMs, (node) => node.die());
  }

  /** SIGSTOP. */
  freeze(target: string): void {
    this.each(target, SKEW_MS, (node) => node.freeze());
  }

  /** `fail`, `lag` and `lie`: each process of the target does wrong as it is told, until it is told otherwise. */
  tell(target: string, plan: ServiceFaultPlan): void {
    this.each(target, SKEW_MS, (node) => (node.wrong = { plan, random: this.random }));
  }

  /** What a heal does: frozen processes go on, dead ones boot, what does wrong ends it. */
  heal(target: string): void {
    this.each(target, SKEW_MS, (node) => {
      node.thaw();
      node.wrong = null;
      node.start(BOOT_MS.min + this.random() * (BOOT_MS.max - BOOT_MS.min));
    });
  }

  /** One process stands still for so long, as a long garbage collection or a busy host makes it. */
  stall(target: string, forMs: number): void {
    for (const node of this.members(target)) {
      node.freeze();
      this.region.time.after(forMs, () => node.thaw());
    }
  }

  /** Processes that the target names; throws when there is none, so that no fault passes by hitting nothing. */
  members(target: string): Node[] {
    const { nodes, frontDoor } = this.region;
    const members = target === frontDoor.name ? [frontDoor] : [...nodes.values()].filter((node) => node.name === target || node.az === target || node.dc === target);
    if (members.length === 0) throw new Error(`nothing in the simulated region is called ${target}`);
    return members;
  }

  private each(target: string, skewMs: number, act: (node: Node) => void): void {
    for (const node of this.members(target)) this.region.time.after(this.random() * skewMs, () => act(node));
  }
}
