/**
 * A report as Markdown, for a CI job's summary or a pull request: the first screen is the verdict, the worst three facts
 * and the command that does it again; tables come below. GitHub-flavoured (tables, section 4.10), no HTML, so that it
 * reads as plain text too.
 */
import { MARKS, fenced, inline, joined, tableText } from './drawing/markdown-text.ts';
import { count, expectationText, faultText } from './figure-text.ts';
import { provenance } from './provenance.ts';
import type { Report, ReportedRun } from './report.ts';
import { assertionTable, azTable, decompositionTable, headroomTable, latencyTable, timelineTable } from './run-tables.ts';
import { worstFacts } from './worst-facts.ts';

/** Ends with a line end. */
export function markdownReport(report: Report): string {
  const { verdict, runs } = report;
  const [first] = runs;
  const facts = worstFacts(report);
  return joined([
    `# ${MARKS[verdict.verdict]} ${verdict.verdict}: ${inline(first?.document.title ?? verdict.experiment)}`,
    ...(first === undefined ? ['No run was made.'] : [inline(first.hypothesis), summaryOf(runs)]),
    ...(facts.length === 0 ? [] : ['**Worst facts**', facts.map(({ az, text }, at) => `${at + 1}. **${inline(az)}** ${inline(text)}`).join('\n')]),
    '**Again**',
    fenced(verdict.replay),
    '## By AZ',
    tableText(azTable(runs)),
    '## Headroom and host',
    tableText(headroomTable(runs)),
    ...runs.flatMap(runText),
    '## What this is about',
    tableText({ head: ['', ''], rows: provenance(report).map(({ name, value }) => [name, value]) }),
  ]);
}

function summaryOf(runs: readonly ReportedRun[]): string {
  const sum = (of: (run: ReportedRun) => number): number => runs.reduce((total, one) => total + of(one), 0);
  const offered = sum(({ run }) => run.requests.offered);
  const expectations = runs.flatMap((one) => (expectationText(one) === '' ? [] : [` ${inline(one.run.az)} ended ${one.run.verdict}, ${expectationText(one)}.`]));
  return `${count(sum(({ run }) => run.requests.failed))} of ${count(offered)} orders failed in ${runs.length === 1 ? 'one run' : `${runs.length} runs`}.${expectations.join('')}`;
}

function runText(one: ReportedRun): string[] {
  const { run, assertions, exclusions } = one;
  return [
    `## ${inline(run.az)}: ${run.verdict}, ${inline(faultText(run))}`,
    ...(run.reasons.length === 0 ? [] : [run.reasons.map((reason) => `- ${inline(reason)}`).join('\n')]),
    ...(assertions.length === 0 ? [] : ['### Assertions', tableText(assertionTable(assertions))]),
    '### Latency',
    tableText(latencyTable(one)),
    '### Timeline',
    tableText(timelineTable(one)),
    '### Where the time went',
    tableText(decompositionTable(one)),
    ...(exclusions.length === 0 ? [] : [`Not in the figures: ${exclusions.map(inline).join(' ')}`]),
  ];
}
