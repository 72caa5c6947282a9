/** A suite for people: a line for each run as it ends, and the whole. */
import type { SuiteMemberResult, SuiteRun, SuiteVerdict } from '#contracts/suite.ts';
import { table } from '../terminal/table.ts';
import { stateOf } from './verdict.ts';

/** @param number of the run, from 1 on, of so many */
export function runLine(number: number, of: number, run: SuiteRun): string {
  const { experiment, az, expected, verdict, asExpected, ordersFailed, addedLatencyMsMax, hostCpuMax, reportMs, brake, reasons } = run;
  const figures = [
    `${ordersFailed ?? '?'} failed`, `added ${addedLatencyMsMax === null ? '?' : Math.round(addedLatencyMsMax)} ms`,
    `host ${hostCpuMax === null ? '?' : Math.round(hostCpuMax * 100)} %`, ...(reportMs === null ? [] : [`report ${seconds(reportMs)}`]),
    ...(brake === null ? [] : [`${seconds(brake.acknowledgedMs)} from the guardrail's trip until every inverse was acknowledged, ${seconds(brake.wholeMs)} until everything ran`]),
  ].join(', ');
  const why = stateOf(run) === 'PASS' || reasons.length === 0 ? '' : ` ${reasons.join(' ')}`;
  return `${String(number).padStart(String(of).length)}/${of}  ${experiment} ${az}: ${verdict}${asExpected ? (verdict === 'PASS' ? '' : ', as it must') : `, and not ${expected} as expected`}; ${figures}.${why}`;
}

/** Verdict first, then why, then each experiment. */
export function suiteText({ verdict, suite, title, score, reasons, members, leftOut }: SuiteVerdict): string {
  return [
    `${verdict}  ${suite}: ${title}; ${asExpectedText(members)} as expected, score ${percent(score)}`,
    ...reasons.map((reason) => `  ${reason}`),
    '',
    table([['EXPERIMENT', 'STATE', 'AS EXPECTED', 'MUST END', 'FAILED, MAX', 'ADDED, MAX', 'HOST, MAX', ''], ...members.map(memberRow)]),
    ...leftOut.map(({ experiment, reason }) => `Left out: ${experiment}, ${reason}.`),
  ].join('\n');
}

/** `45 of 51 runs`. */
export function asExpectedText(members: readonly SuiteMemberResult[]): string {
  const held = members.reduce((sum, { runs }) => sum + runs.filter((run) => stateOf(run) === 'PASS').length, 0);
  return `${held} of ${members.reduce((sum, { wanted, runs }) => sum + Math.max(wanted, runs.length), 0)} runs`;
}

/** Of one experiment, as the columns say. */
export function memberRow({ experiment, state, isAdvisory, expected, wanted, runs }: SuiteMemberResult): string[] {
  const most = (figures: (number | null)[], text: (figure: number) => string): string => {
    const known = figures.filter((figure) => figure !== null);
    return known.length === 0 ? '-' : text(Math.max(...known));
  };
  return [
    experiment, state, `${runs.filter((run) => stateOf(run) === 'PASS').length} of ${Math.max(wanted, runs.length)}`, expected,
    most(runs.map(({ ordersFailed }) => ordersFailed), String), most(runs.map(({ addedLatencyMsMax }) => addedLatencyMsMax), (ms) => `${Math.round(ms)} ms`),
    most(runs.map(({ hostCpuMax }) => hostCpuMax), percent), isAdvisory ? 'advisory' : '',
  ];
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
