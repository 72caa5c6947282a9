/**
 * A report as one HTML file: everything is in it and nothing is fetched (its own policy forbids it), no script is needed,
 * and it is read on a phone, on a screen and on paper. Verdict, worst facts and the command that does it again come first.
 */
import { element, escaped } from '../drawing/markup.ts';
import { count } from '../figure-text.ts';
import { provenance } from '../provenance.ts';
import type { Report } from '../report.ts';
import { azTable } from '../run-tables.ts';
import { worstFacts } from '../worst-facts.ts';
import { secondsEach } from './columns.ts';
import { htmlTable } from './html-table.ts';
import { runSection } from './run-section.ts';
import { secondStrip } from './second-strip.ts';
import { stateBadge } from './state-badge.ts';
import { STYLE } from './style.ts';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** With their figures, as many seconds of all runs take two thirds of a megabyte. */
const DETAILED_SECONDS_MAX = 360;

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ['failed', 'no 2xx within 1 s of the intended send time'],
  ['late', 'answered, after more than 500 ms'],
  ['added latency', "slowest order of the fault window less the baseline's p99.9, each without its own oven time"],
  ['moved', 'the last order whose first attempt went to the AZ'],
  ['steady', 'the first full second from which on every order of the fault window was answered within 500 ms'],
  ['balanced', 'three windows of 300 orders in a row in which every AZ took 28 to 39 %'],
  ['attempts', "the front door's, per request, in the worst 10 s"],
];

/** The whole document. */
export function htmlReport(report: Report): string {
  const { verdict, runs } = report;
  const title = runs[0]?.document.title ?? verdict.experiment;
  const head = element(
    'head', {},
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}"><link rel="icon" href="data:,">`,
    element('title', {}, escaped(`${verdict.verdict}: ${title}`)), `<style>${STYLE}</style>`,
  );
  const seconds = runs.reduce((sum, { series }) => sum + series.seconds, 0);
  const isDetailed = seconds <= DETAILED_SECONDS_MAX;
  const each = secondsEach(seconds);
  const body = element('body', {}, firstScreen(report, title, each), element('main', {}, ...runs.map((one) => runSection(one, isDetailed, each))), foot(report));
  return `<!doctype html>\n${element('html', { lang: 'en' }, head, body)}\n`;
}

/** @param each seconds of a cell of the strips */
function firstScreen(report: Report, title: string, each: number): string {
  const { verdict, runs } = report;
  const facts = worstFacts(report);
  const offered = runs.reduce((sum, { run }) => sum + run.requests.offered, 0);
  const failed = runs.reduce((sum, { run }) => sum + run.requests.failed, 0);
  return element(
    'header', {},
    element('p', { class: 'eyebrow' }, 'Azimuth · ', escaped(verdict.experiment), ' · ', escaped(verdict.region)),
    element('h1', {}, stateBadge(verdict.verdict), ' ', escaped(title)),
    ...(runs[0] === undefined ? [element('p', {}, 'No run was made.')] : [
      element('p', { class: 'hypothesis' }, escaped(runs[0].hypothesis)),
      element('p', { class: 'sum' }, element('b', {}, `${count(failed)} of ${count(offered)}`), ` orders failed in ${runs.length === 1 ? 'one run' : `${runs.length} runs`}.`),
    ]),
    element('div', { class: 'strips' }, ...runs.map((one) => element('a', { href: `#${one.run.az}` }, element('span', {}, escaped(one.run.az), ' ', stateBadge(one.run.verdict)), secondStrip(one, each)))),
    ...(facts.length === 0 ? [] : [
      element('h2', {}, 'Worst facts'),
      element('ol', { class: 'facts' }, ...facts.map(({ az, text }) => element('li', {}, element('b', { class: `${az}-text` }, escaped(az)), ' ', escaped(text)))),
    ]),
    element('h2', {}, 'Again'),
    replayOf(verdict.replay),
    ...(runs.length === 0 ? [] : [
      element('h2', {}, 'By AZ'),
      htmlTable(azTable(runs), 'By AZ', { cards: true, cells: { verdict: (_text, row) => stateBadge(runs[row]?.run.verdict ?? 'ERROR') } }),
    ]),
  );
}

/** Lines break between words, never inside a flag. */
function replayOf(command: string): string {
  const words = command.split(' ').map((word) => element('span', {}, escaped(word)));
  return element('pre', { class: 'replay', tabindex: '0' }, element('code', {}, words.join(' ')));
}

function foot(report: Report): string {
  return element(
    'footer', {},
    element('h2', {}, 'What this is about'),
    element('dl', { class: 'about' }, ...provenance(report).map(({ name, value }) => element('div', {}, element('dt', {}, escaped(name)), element('dd', {}, escaped(value))))),
    element('h2', {}, 'Words'),
    element('dl', { class: 'about words' }, ...WORDS.map(([word, meaning]) => element('div', {}, element('dt', {}, word), element('dd', {}, escaped(meaning))))),
    element('p', {}, "Every figure is computed from the customers' own records, which lie beside this file; “azimuth judge” computes it again."),
  );
}
