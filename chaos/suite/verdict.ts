/**
 * What the runs of a suite come to. Its verdict is the worst of what decides; a mean would hide the one test that matters
 * (a score by weight stands beside it). Guards against a green suite that proves nothing: one that lacks runs, and one in
 * which no guardrail was tripped on purpose, whose brake nobody has tried.
 *
 * Score: LitmusChaos, "Resilience score" (sum of weight times share of what held, by the sum of weights).
 */
import { worstVerdict, type VerdictState } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { SUITE_SCHEMA, type SuiteMemberResult, type SuiteRun, type SuiteVerdict } from '#contracts/suite.ts';

/** From a guardrail's trip until every inverse is acknowledged. */
const BRAKE_MS_MAX = 2000;

export interface JudgedMember {
  document: ExperimentDocument;
  isAdvisory: boolean;
  weight: number;
  /** How many runs were to be. */
  wanted: number;
}

type About = Pick<SuiteVerdict, 'suite' | 'title' | 'region' | 'body' | 'atMs' | 'leftOut' | 'replay'>;

/** @param runs of all members, in any order */
export function judgeSuite(members: readonly JudgedMember[], runs: readonly SuiteRun[], about: About): SuiteVerdict {
  const results = members.map((member) => resultOf(member, runs.filter(({ experiment }) => experiment === member.document.id)));
  const deciding = results.filter(({ isAdvisory }) => !isAdvisory);
  const open = deciding.length === 0 ? 'Nothing in it decides: every experiment is advisory.' : isRehearsed(deciding) ? null : 'No guardrail was tripped on purpose: whether a run that goes too far is stopped was not tried.';
  const verdict = worstVerdict([...deciding.map(({ state }) => state), ...(open === null ? [] : ['INCONCLUSIVE' as const])]);
  return { schema: SUITE_SCHEMA, ...about, verdict, reasons: [...deciding.flatMap(reasonsOf), ...(open === null ? [] : [open])], score: scoreOf(results), members: results };
}

/** What a run counts as: one that passes where it should have failed is a FAIL, and a brake that is late is none. */
export function stateOf({ asExpected, verdict, brake }: Pick<SuiteRun, 'asExpected' | 'verdict' | 'brake'>): VerdictState {
  if (asExpected) return (brake?.acknowledgedMs ?? 0) > BRAKE_MS_MAX ? 'FAIL' : 'PASS';
  return verdict === 'PASS' ? 'FAIL' : verdict;
}

function resultOf({ document, isAdvisory, weight, wanted }: JudgedMember, runs: SuiteRun[]): SuiteMemberResult {
  const { id: experiment, title, expect: expected } = document;
  const missing: VerdictState[] = runs.length < wanted ? ['ABORTED'] : [];
  return { experiment, title, isAdvisory, weight, expected, wanted, runs, state: worstVerdict([...runs.map(stateOf), ...missing]) };
}

/** Whether a run was stopped by its guardrail as it was to be. */
function isRehearsed(deciding: readonly SuiteMemberResult[]): boolean {
  return deciding.some(({ expected, runs }) => expected === 'ABORTED' && runs.some(({ asExpected }) => asExpected));
}

function reasonsOf({ experiment, wanted, runs }: SuiteMemberResult): string[] {
  const missing = wanted - runs.length;
  return [
    ...runs.filter((run) => stateOf(run) !== 'PASS').map((run) => `${experiment} in ${run.az}: ${runText(run)}`),
    ...(missing > 0 ? [`${experiment}: ${missing} of ${wanted} runs were not made.`] : []),
  ];
}

function runText(run: SuiteRun): string {
  const { verdict, expected, asExpected, brake, reasons } = run;
  if (asExpected) return `every inverse was acknowledged ${((brake?.acknowledgedMs ?? 0) / 1000).toFixed(1)} s after the guardrail tripped (at most ${BRAKE_MS_MAX / 1000} s).`;
  return [`${verdict}${expected === 'PASS' ? '' : `, and not ${expected} as expected`}.`, ...reasons].join(' ');
}

/** A run that is missing did not hold. */
function scoreOf(results: readonly SuiteMemberResult[]): number {
  const whole = results.reduce((sum, { weight }) => sum + weight, 0);
  const held = results.reduce((sum, { weight, wanted, runs }) => sum + (weight * runs.filter((run) => stateOf(run) === 'PASS').length) / Math.max(wanted, runs.length, 1), 0);
  return whole === 0 ? 0 : held / whole;
}
