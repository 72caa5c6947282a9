/**
 * The report of a suite: `suite.json`, `junit.xml` (one case for each run, so that a CI system shows which) and `report.md`. What
 * a run found in detail is in its own report, to which this one leads.
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { SuiteMemberResult, SuiteRun, SuiteVerdict } from '#contracts/suite.ts';
import { pathForPeople } from '#kit/tool-container.ts';
import { element, escaped } from '#chaos/report/drawing/markup.ts';
import { MARKS, fenced, inline, joined, tableText } from '#chaos/report/drawing/markdown-text.ts';
import { unwritten } from '../experiments/report-folder.ts';
import { writeFolder } from '../experiments/whole-folder.ts';
import { asExpectedText, memberRow, percent } from './text.ts';
import { stateOf } from './verdict.ts';

const REASONS_SHOWN = 3;

/** @param wanted another folder is taken where this one is somebody's. @returns where it lies. @throws CommandFailure ERROR when it cannot be written */
export function writeSuiteReport(wanted: string, verdict: SuiteVerdict): string {
  try {
    return writeFolder(wanted, (draft) => {
      writeFileSync(join(draft, 'suite.json'), `${JSON.stringify(verdict, null, 2)}\n`);
      writeFileSync(join(draft, 'junit.xml'), suiteJunit(verdict));
      writeFileSync(join(draft, 'report.md'), suiteMarkdown(verdict, pathForPeople(wanted)));
    });
  } catch (error) {
    throw unwritten(wanted, error);
  }
}

/** @param folder in which it lies, from which the reports of runs are named */
export function suiteMarkdown({ verdict, suite, title, reasons, score, members, leftOut, replay }: SuiteVerdict, folder: string): string {
  const more = reasons.length - REASONS_SHOWN;
  const runs = members.flatMap((member) => member.runs.map((run) => [run.experiment, run.az, run.verdict, run.expected, stateOf(run) === 'PASS' ? 'yes' : 'NO', run.report === null ? '' : relative(folder, run.report), run.reasons[0] ?? '']));
  return joined([
    `# ${MARKS[verdict]} ${verdict}: ${inline(title)}`,
    `${asExpectedText(members)} of suite ${suite} ended as their documents expect; score ${percent(score)}.`,
    ...(reasons.length === 0 ? [] : ['**Why**', [...reasons.slice(0, REASONS_SHOWN).map((reason, at) => `${at + 1}. ${inline(reason)}`), ...(more > 0 ? [`${REASONS_SHOWN + 1}. and ${more} more, in the table of runs`] : [])].join('\n')]),
    '**Again**',
    fenced(replay),
    '## Experiments',
    tableText({ head: ['experiment', 'state', 'as expected', 'must end', 'failed, max', 'added, max', 'host, max', ''], rows: members.map(memberRow) }),
    ...(leftOut.length === 0 ? [] : [leftOut.map(({ experiment, reason }) => `- Left out: ${inline(experiment)}, ${inline(reason)}.`).join('\n')]),
    '## Runs',
    tableText({ head: ['experiment', 'AZ', 'ended', 'must end', 'as expected', 'its report', 'first reason'], rows: runs }),
  ]);
}

/** One that only advises is skipped where it did not hold: it is shown, and turns nothing red. */
export function suiteJunit({ suite, members, reasons, verdict }: SuiteVerdict): string {
  const cases = members.flatMap((member) => [
    ...member.runs.map((run, index) => ({ member, name: `${run.az} ${index + 1}`, state: stateOf(run), text: textOf(run) })),
    ...Array.from({ length: Math.max(0, member.wanted - member.runs.length) }, (_, index) => ({ member, name: `not made ${index + 1}`, state: 'ABORTED' as const, text: 'The run was not made.' })),
  ]);
  // What no case says, such as a brake that nobody tried.
  const own = verdict !== 'PASS' && !cases.some(({ member, state }) => !member.isAdvisory && state === verdict) ? [{ member: null, name: 'verdict', state: verdict, text: reasons.at(-1) ?? verdict }] : [];
  const all = [...cases, ...own];
  const decides = all.filter(({ member }) => member?.isAdvisory !== true);
  const totals = {
    tests: String(all.length), failures: String(decides.filter(({ state }) => state === 'FAIL').length),
    errors: String(decides.filter(({ state }) => state !== 'PASS' && state !== 'FAIL').length),
  };
  const skipped = String(all.filter(({ member, state }) => member?.isAdvisory === true && state !== 'PASS').length);
  const body = all.map((one) => `${caseText(suite, one)}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'azimuth', ...totals }, `\n${element('testsuite', { name: `azimuth.${suite}`, ...totals, skipped }, '\n', ...body)}\n`)}\n`;
}

function caseText(suite: string, { member, name, state, text }: { member: SuiteMemberResult | null; name: string; state: SuiteRun['verdict']; text: string }): string {
  const attributes = { name, classname: `azimuth.${suite}${member === null ? '' : `.${member.experiment}`}` };
  if (state === 'PASS') return element('testcase', attributes);
  if (member?.isAdvisory === true) return element('testcase', attributes, element('skipped', { message: text }));
  return element('testcase', attributes, element(state === 'FAIL' ? 'failure' : 'error', { type: state, message: text }, escaped(text)));
}

function textOf({ verdict, expected, asExpected, reasons }: SuiteRun): string {
  return [`It ended ${verdict}${asExpected ? '' : `, and not ${expected} as expected`}.`, ...reasons].join(' ');
}
