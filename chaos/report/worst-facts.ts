/**
 * The three things to know first. What broke a verdict comes before what came nearest to doing so, and that before plain
 * figures: a PASS has worst facts too, and a reader who sees none of them learns nothing from it.
 *
 *   AZs that were not come to → reasons of the worst run → assertions that did not hold → assertions by the share of their limit that is used up → figures
 */
import { worstVerdict, type VerdictState } from '#contracts/exit-codes.ts';
import type { AssertionResult, VerdictRun } from '#contracts/verdict.ts';
import { count, duration, percent, percentDown } from './figure-text.ts';
import { NOT_RUN, type Report, type ReportedRun } from './report.ts';

export interface Fact {
  az: string;
  text: string;
}

const FACTS = 3;
/** What a sentence is about: one AZ has one fact of each, however often reasons, assertions and figures say it. */
const TOPICS: readonly RegExp[] = [/orders? failed/, /menu reads? failed/, /\blate\b|than 500 ms|after 500 ms/, /\badded\b/, /moved away|first for/, /attempts/, /baked twice/i, /processors/, /share the orders|shared the orders/];

/** At most three, the worst first; none for a verdict without runs. */
export function worstFacts({ verdict, runs }: Report): Fact[] {
  const worstFirst = [...runs].sort(({ run: one }, { run: other }) => worseFirst(one.verdict, other.verdict));
  const found = [...verdict.notRun.map((az): Fact => ({ az, text: NOT_RUN })), ...reasons(worstFirst), ...brokenAssertions(worstFirst), ...nearestToTheirLimits(runs), ...figures(runs)];
  const seen = new Set<string>();
  return found
    .filter(({ az, text }) => {
      const said = `${az} ${TOPICS.find((topic) => topic.test(text))?.source ?? text}`;
      return !seen.has(said) && seen.add(said);
    })
    .slice(0, FACTS);
}

/** Comparator: the worse state first. */
function worseFirst(one: VerdictState, other: VerdictState): number {
  if (one === other) return 0;
  return worstVerdict([one, other]) === one ? -1 : 1;
}

/** One of each run in turn, so that one bad AZ does not hide another. */
function reasons(runs: readonly ReportedRun[]): Fact[] {
  const deepest = Math.max(0, ...runs.map(({ run }) => run.reasons.length));
  return Array.from({ length: deepest }, (_, at) => runs.flatMap(({ run }) => of(run, run.reasons[at]))).flat();
}

function brokenAssertions(runs: readonly ReportedRun[]): Fact[] {
  const broken = runs.flatMap(({ run, assertions }) => assertions.filter(({ state }) => state !== 'PASS').map((one) => ({ run, one })));
  broken.sort(({ one }, { one: other }) => worseFirst(one.state, other.state));
  return broken.flatMap(({ run, one }) => of(run, one.text));
}

/** Each of the run in which it came nearest. */
function nearestToTheirLimits(runs: readonly ReportedRun[]): Fact[] {
  const used = runs.flatMap(({ run, assertions }) => assertions.map((one) => ({ run, one, share: shareOfLimit(one) })));
  return used
    .filter((each): each is typeof each & { share: number } => each.share !== null && each.share > 0)
    .sort((one, other) => other.share - one.share)
    .filter(({ one }, at, sorted) => sorted.findIndex((other) => other.one.id === one.id) === at)
    .flatMap(({ run, one, share }) => of(run, `${one.text} That is ${percent(share)} of what is allowed.`));
}

/**
 * 1 at the limit, 0 far from it; null where that is not to be told. Of a ratio that is to be high, what is left of it
 * counts: 99.95 % of 99.9 % is half of what may fail. No request takes fewer attempts than one.
 */
export function shareOfLimit({ min, max, observed, unit }: Pick<AssertionResult, 'min' | 'max' | 'observed' | 'unit'>): number | null {
  if (observed === null) return null;
  const least = unit === 'attempts' ? 1 : 0;
  const above = max === null || max <= least ? [] : [(observed - least) / (max - least)];
  const below = min === null ? [] : unit === 'ratio' && min < 1 ? [(1 - observed) / (1 - min)] : observed > 0 ? [min / observed] : [];
  const shares = [...above, ...below];
  return shares.length === 0 ? null : Math.max(0, ...shares);
}

/** Each of the run in which it is worst, and only what speaks against the region. */
function figures(runs: readonly ReportedRun[]): Fact[] {
  const worstBy = (figure: (run: VerdictRun) => number | null, text: (run: VerdictRun) => string): Fact[] => {
    const known = runs.flatMap(({ run }) => ((figure(run) ?? 0) > 0 ? [run] : []));
    known.sort((one, other) => (figure(other) ?? 0) - (figure(one) ?? 0));
    return of(known[0], known[0] === undefined ? undefined : text(known[0]));
  };
  return [
    ...worstBy(({ requests }) => requests.failed, ({ requests, availability }) => `${count(requests.failed)} of ${count(requests.offered)} orders failed; in the worst second ${percentDown(availability?.worstSecond ?? null)} were answered.`),
    ...worstBy(({ menu }) => menu.failed, ({ menu }) => `${count(menu.failed)} of ${count(menu.offered)} menu reads failed.`),
    ...worstBy(({ requests }) => requests.late, ({ requests }) => `${count(requests.late)} of ${count(requests.offered)} orders took more than 500 ms.`),
    ...worstBy(({ headroom }) => (headroom.canLoseAz ? 0 : headroom.utilisationAfter), ({ headroom }) => `With an AZ gone the others are asked for ${percent(headroom.utilisationAfter)} of what they are rated for.`),
    ...worstBy(({ addedLatencyMsMax }) => addedLatencyMsMax, ({ addedLatencyMsMax }) => `The fault added ${duration(addedLatencyMsMax)} to the slowest order.`),
    ...worstBy(({ timelineMs }) => timelineMs.moved, ({ az, timelineMs }) => `Orders were sent to ${az} first for ${duration(timelineMs.moved)} after the fault.`),
    ...worstBy(({ requests }) => requests.bakedTwice, ({ requests }) => `Baked twice: ${count(requests.bakedTwice)} of ${count(requests.offered)} orders.`),
    ...worstBy(({ host }) => host.cpuMax, ({ host }) => `The host's processors were ${percent(host.cpuMax)} busy for 5 s.`),
  ];
}

function of(run: VerdictRun | undefined, text: string | undefined): Fact[] {
  return run === undefined || text === undefined ? [] : [{ az: run.az, text }];
}
