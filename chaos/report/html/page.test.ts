import { describe, expect, test } from 'vitest';
import type { Report } from '../report.ts';
import { brokenAssertion, heldAssertion, lifelikeReport, stagedReport } from '../reported-run.fixture.ts';
import { parseXml, type Node } from '../xml.fixture.ts';
import { htmlReport } from './page.ts';

const MEGABYTE = 1_000_000;

/** The body is written as XML, so that a test can read it strictly. */
const bodyOf = (html: string): Node => parseXml(html.slice(html.indexOf('<body>'), html.indexOf('</body>') + '</body>'.length));
const all = (node: Node): Node[] => [node, ...node.children.flatMap(all)];
const named = (node: Node, name: string): Node[] => all(node).filter((one) => one.name === name);
const wordsOf = (node: Node): string => `${node.text} ${node.children.map(wordsOf).join(' ')}`.replace(/\s+/g, ' ');
const saying = (report: Report, words: Partial<Report['runs'][number]['run']>): Report => ({ ...report, runs: report.runs.map((one) => ({ ...one, run: { ...one.run, ...words } })) });

const three = lifelikeReport({ az: 'az1' }, { az: 'az2', seed: 2 }, { az: 'az3', seed: 3, lost: 3 });
const html = htmlReport(three);

describe('a report as one HTML file', () => {
  test('of three AZs, a minute each at 300 orders/s, stays below a megabyte', () => {
    expect(three.runs.every(({ series }) => series.seconds >= 59 && (series.total.offered[5] ?? 0) > 200)).toBe(true);
    process.stdout.write(`report.html: ${(Buffer.byteLength(html) / 1000).toFixed(0)} kB\n`);
    expect(Buffer.byteLength(html)).toBeLessThan(MEGABYTE);
  });

  test('of runs that are longer stays below it too, without the figures of each second', () => {
    const long = lifelikeReport(...(['az1', 'az2', 'az3'] as const).map((az) => ({ az, rate: 10, baselineS: 60, faultS: 120, recoveryS: 240 })));
    const page = htmlReport(long);
    expect(Buffer.byteLength(page)).toBeLessThan(MEGABYTE);
    expect(page).toContain('too long for its figures second by second');
    expect(named(bodyOf(page), 'figure')).toHaveLength(3 * 6);
  });

  test('of runs of an hour stays below it, and still shows the one second that failed', () => {
    const hour = lifelikeReport(...(['az1', 'az2', 'az3'] as const).map((az) => ({ az, rate: 2, baselineS: 600, faultS: 1800, recoveryS: 1200, lost: 1 })));
    const page = htmlReport(hour);
    expect(hour.runs.map(({ series }) => series.seconds)).toEqual([3600, 3600, 3600]);
    process.stdout.write(`report.html of three hours: ${(Buffer.byteLength(page) / 1000).toFixed(0)} kB\n`);
    expect(Buffer.byteLength(page)).toBeLessThan(MEGABYTE);
    for (const { attributes } of all(bodyOf(page))) for (const value of Object.values(attributes)) expect(value).not.toMatch(/NaN|undefined|Infinity/);
    for (const strip of named(bodyOf(page), 'div').filter(({ attributes }) => attributes['class'] === 'strip')) {
      expect(named(strip, 'rect').filter(({ attributes }) => attributes['class'] === 'failed').length).toBeGreaterThan(0);
    }
  });

  test('fetches nothing and runs nothing', () => {
    expect(html).not.toMatch(/<script|<iframe|<object|<embed|\bsrc=|@import|url\(|https?:|\son\w+=/i);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:`);
    for (const link of named(bodyOf(html), 'a')) expect(link.attributes['href']).toMatch(/^#/);
  });

  test('begins with verdict, worst facts and the command that does it again', () => {
    const [header] = bodyOf(html).children;
    const words = wordsOf(header as Node);
    expect(words.indexOf('FAIL')).toBeGreaterThan(-1);
    expect(words).toContain(three.verdict.replay);
    expect(words).toContain('When everything in an AZ is killed');
    const [facts] = named(header as Node, 'ol');
    expect(facts?.children).toHaveLength(3);
    expect(wordsOf(facts as Node)).toMatch(/^ 3 of \d+ orders failed; at most 0 may\. az3 /);
  });

  test('has every drawing named and described, and all its figures in a table', () => {
    const body = bodyOf(html);
    const ids = all(body).flatMap(({ attributes }) => attributes['id'] ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const drawings = named(body, 'svg');
    // Six charts and a strip for each run.
    expect(drawings).toHaveLength(3 * 7);
    for (const { attributes, children } of drawings) {
      expect(attributes['role']).toBe('img');
      const [title, desc] = ['aria-labelledby', 'aria-describedby'].map((name) => children.find((child) => child.attributes['id'] === attributes[name]));
      expect(title?.text).toMatch(/\w/);
      expect(desc?.text).toMatch(/\w/);
    }
    const behind = named(body, 'details').map((details) => named(details, 'tr').length);
    for (const rows of behind.filter((_, at) => at % 2 === 0)) expect(rows).toBeGreaterThanOrEqual(60);
  });

  test('draws an AZ that dies as one that answers nothing', () => {
    const [chart] = named(bodyOf(html), 'figure').filter((figure) => wordsOf(figure).includes('Orders per second'));
    const seconds = named(chart as Node, 'rect').flatMap(({ children }) => (children[0]?.name === 'title' ? [children[0].text] : []));
    expect(seconds.find((text) => text.startsWith('second -5 '))).toMatch(/\n {2}az1: [1-9]\d*\n/);
    expect(seconds.find((text) => text.startsWith('second 5 '))).toMatch(/\n {2}az1: 0\n/);
  });

  test('makes a second with one failed order red', () => {
    const reds = named(bodyOf(html), 'rect').filter(({ attributes }) => attributes['class'] === 'failed').map(({ children }) => children[0]?.text);
    expect(reds).toEqual([expect.stringMatching(/ 3 failed$/)]);
  });

  test('shows assertions with what of their limit is used', () => {
    const body = bodyOf(htmlReport(stagedReport(undefined, undefined, [heldAssertion, brokenAssertion])));
    expect(named(body, 'span').filter(({ attributes }) => attributes['class']?.startsWith('bullet')).map(({ attributes }) => attributes['title'])).toEqual(['28 % of what is allowed']);
  });

  test('says what is not in the figures, and where it was run', () => {
    const words = wordsOf(bodyOf(html));
    expect(words).toMatch(/[\d,]+ requests of the warm-up\./);
    expect(words).toContain('AMD EPYC 7B13 × 2');
    expect(words).toContain('7f992905e1b24f1a8c0d3b4e5f60718293a4b5c6');
  });

  test.each<[string, Report]>([
    ['without a journal', stagedReport(undefined, () => null)],
    ['without records', { ...stagedReport(), runs: stagedReport((record) => ({ ...record, arm: 'bare' })).runs }],
    ['that was aborted in the baseline', stagedReport(undefined, (event) => (['fault.injected', 'fault.healed'].includes(event.type) || (event.type === 'phase.started' && event.phase !== 'baseline') ? null : event))],
    ['of no run at all', { ...stagedReport(), runs: [] }],
  ])('can be drawn of a run %s', (_what, report) => {
    const body = bodyOf(htmlReport(report));
    expect(wordsOf(body)).not.toMatch(/\b(?:NaN|undefined|Infinity|null)\b/);
    for (const { attributes } of all(body)) for (const value of Object.values(attributes)) expect(value).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('stays a page whatever a document or a reason says', () => {
    const nasty = '</style><script>alert(1)</script>" onload="x\u0000';
    const report = saying(stagedReport(), { az: nasty, reasons: [nasty], verdict: 'ERROR', fault: nasty });
    const page = htmlReport({ verdict: { ...report.verdict, replay: nasty }, runs: report.runs.map((one) => ({ ...one, hypothesis: nasty, document: { ...one.document, title: nasty } })) });
    expect(page).not.toContain('<script');
    expect(wordsOf(bodyOf(page))).toContain('</style><script>alert(1)</script>" onload="x\ufffd');
  });
});
