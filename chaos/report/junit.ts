/**
 * A report as JUnit XML, which every CI system shows: one suite per experiment, one case per assertion and AZ. Guards
 * against a suite that is green because its cases were never judged: what carries no verdict is an error, an AZ that was
 * not come to is one, and a run whose assertions do not say why it is not PASS has a case of its own that does.
 *
 *   PASS → case    FAIL → failure    INCONCLUSIVE, NOT_READY, ABORTED, ERROR → error of that type
 *
 * A document that expects another end than PASS (a control arm, a rehearsed abort) is one case: that it ended so.
 *
 * Form: the schema of Jenkins' xUnit plugin, model/xsd/junit-10.xsd (testsuites → testsuite → properties, testcase).
 */
import type { VerdictState } from '#contracts/exit-codes.ts';
import { element, escaped } from './drawing/markup.ts';
import { NOT_RUN, type Report, type ReportedRun } from './report.ts';

interface Case {
  name: string;
  az: string;
  state: VerdictState;
  /** First line is the message. */
  lines: readonly string[];
  tookS: number;
}

/** A whole document, with its declaration; ends with a line end. */
export function junitReport(report: Report): string {
  const { verdict, runs } = report;
  const cases = [...runs.flatMap(casesOf), ...verdict.notRun.map(notRunCase)];
  const totals = {
    tests: String(cases.length),
    failures: String(cases.filter(({ state }) => state === 'FAIL').length),
    errors: String(cases.filter(({ state }) => isError(state)).length),
    time: secondsText(runs.reduce((sum, run) => sum + lengthS(run), 0)),
  };
  const startedMs = runs[0]?.startedMs ?? null;
  const timestamp = startedMs === null ? undefined : new Date(startedMs).toISOString().slice(0, 19);
  const suite = element(
    'testsuite',
    { name: `azimuth.${verdict.experiment}`, ...totals, skipped: '0', timestamp, hostname: 'localhost' },
    `\n${propertiesOf(report)}`,
    ...cases.map((one) => caseText(one, verdict.experiment)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'azimuth', ...totals }, `\n${suite}\n`)}\n`;
}

/** The time of a run is its first case's, so that the suite's adds up. */
function casesOf(one: ReportedRun): Case[] {
  const { run, assertions, expected, asExpected } = one;
  if (expected !== 'PASS') {
    const lines = [`It ended ${run.verdict}; its document expects ${expected}.`, ...run.reasons];
    return [{ name: `ends ${expected}`, az: run.az, state: asExpected ? 'PASS' : isError(run.verdict) ? run.verdict : 'FAIL', lines, tookS: lengthS(one) }];
  }
  const own: Omit<Case, 'tookS'>[] = assertions.map(({ id, state, text }) => ({ name: id, az: run.az, state, lines: [text] }));
  const isExplained = assertions.length > 0 && (run.verdict === 'PASS' || assertions.some(({ state }) => state === run.verdict));
  const verdict = isExplained ? [] : [{ name: 'verdict', az: run.az, state: run.verdict, lines: run.reasons.length === 0 ? [run.verdict] : run.reasons }];
  return [...verdict, ...own].map((each, at) => ({ ...each, tookS: at === 0 ? lengthS(one) : 0 }));
}

function notRunCase(az: string): Case {
  return { name: 'verdict', az, state: 'ABORTED', lines: [NOT_RUN], tookS: 0 };
}

function caseText({ name, az, state, lines, tookS }: Case, experiment: string): string {
  const attributes = { name, classname: `azimuth.${experiment}.${az}`, time: secondsText(tookS) };
  if (state === 'PASS') return `${element('testcase', attributes)}\n`;
  const kind = isError(state) ? 'error' : 'failure';
  const outcome = element(kind, { type: state, message: lines[0] ?? state }, escaped(lines.join('\n')));
  return `${element('testcase', attributes, outcome)}\n`;
}

function propertiesOf({ verdict, runs }: Report): string {
  const [first] = runs;
  const properties: [string, string][] = [
    ['seed', String(verdict.seed)], ['rate', String(first?.facts.ratePerSecond ?? 'unknown')], ['commit', first?.commit ?? 'unknown'],
    ['region', verdict.region], ['verdict', verdict.verdict], ['replay', verdict.replay],
  ];
  return `${element('properties', {}, ...properties.map(([name, value]) => element('property', { name, value })))}\n`;
}

function isError(state: VerdictState): boolean {
  return state !== 'PASS' && state !== 'FAIL';
}

/** Of the measured stretch. */
function lengthS({ facts: { measured } }: ReportedRun): number {
  return measured === null ? 0 : (measured.toMs - measured.fromMs) / 1000;
}

function secondsText(seconds: number): string {
  return seconds.toFixed(3);
}
