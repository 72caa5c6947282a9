/**
 * Who may break what. It guards against two authors in one AZ, of whom each would read the other's fault as an effect of
 * its own: an AZ has one holder at a time. A person comes before a guardrail, and a guardrail before a suite that runs by
 * itself: the higher one takes an AZ over, and what the lower one broke there is healed first. A lower one waits, and so
 * does another of the same rank.
 *
 * Reference: AWS ARC, where a manual zonal shift takes precedence over an autoshift, and that over a practice run.
 */
import { HOLDERS, type Holder } from '#contracts/faults.ts';

/** Whose a fault is: two are of one author when rank and name are the same. */
export interface Author {
  holder: Holder;
  /** Name of the person or the run; null where none was given. */
  by: string | null;
}

export interface Claim extends Author {
  id: string;
  /** AZs that the fault is about. */
  azs: readonly string[];
}

export type Contention =
  /** It may begin once these are healed; none where nobody else is there. */
  | { type: 'free'; takesOver: string[] }
  /** `by` holds these AZs, and is of no lower rank. */
  | { type: 'held'; by: string; azs: string[] };

/** What a new claim meets among those that stand. Never throws. */
export function contend(claim: Omit<Claim, 'id'>, standing: Iterable<Claim>): Contention {
  const takesOver: string[] = [];
  for (const other of standing) {
    const azs = other.azs.filter((az) => claim.azs.includes(az));
    if (azs.length === 0 || isSameAuthor(claim, other)) continue;
    if (!outranks(claim.holder, other.holder)) return { type: 'held', by: other.id, azs };
    takesOver.push(other.id);
  }
  return { type: 'free', takesOver };
}

export function isSameAuthor(one: Author, other: Author): boolean {
  return one.holder === other.holder && one.by === other.by;
}

/** `the operator`, `suite "az-power-loss az1"`. */
export function authorText({ holder, by }: Author): string {
  return by === null ? `the ${holder}` : `${holder} "${by}"`;
}

function outranks(one: Holder, other: Holder): boolean {
  return HOLDERS.indexOf(one) < HOLDERS.indexOf(other);
}
