import { describe, expect, test } from 'vitest';
import type { VerdictState } from '#contracts/exit-codes.ts';
import { junitReport } from './junit.ts';
import { brokenAssertion, heldAssertion, lifelikeReport, stagedReport } from './reported-run.fixture.ts';
import type { Report } from './report.ts';
import { parseXml, type Node } from './xml.fixture.ts';

const suiteOf = (report: Report): Node => parseXml(junitReport(report)).children[0] as Node;
const casesOf = (report: Report): Node[] => suiteOf(report).children.filter(({ name }) => name === 'testcase');
const withVerdict = (report: Report, verdict: VerdictState, reasons: string[]): Report => ({ ...report, runs: report.runs.map((one) => ({ ...one, run: { ...one.run, verdict, reasons } })) });

/** What junit-10.xsd allows: element → attributes that must be there, that may be, and children. */
const SCHEMA: Record<string, { must: string[]; may: string[]; children: string[] }> = {
  testsuites: { must: [], may: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: { must: ['name', 'tests'], may: ['failures', 'errors', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package'], children: ['properties', 'testcase', 'system-out', 'system-err'] },
  properties: { must: [], may: [], children: ['property'] },
  property: { must: ['name', 'value'], may: [], children: [] },
  testcase: { must: ['name', 'classname'], may: ['time', 'status', 'group'], children: ['skipped', 'error', 'failure', 'system-out', 'system-err'] },
  failure: { must: [], may: ['type', 'message'], children: [] },
  error: { must: [], may: ['type', 'message'], children: [] },
};

function requireSchema(node: Node): void {
  const rule = SCHEMA[node.name];
  expect(rule, `<${node.name}> is no element of JUnit`).toBeDefined();
  for (const name of rule?.must ?? []) expect(node.attributes[name], `${node.name} ${name}`).toBeDefined();
  for (const name of Object.keys(node.attributes)) expect([...(rule?.must ?? []), ...(rule?.may ?? [])]).toContain(name);
  for (const name of ['tests', 'failures', 'errors', 'skipped']) if (name in node.attributes) expect(node.attributes[name]).toMatch(/^\d+$/);
  if ('time' in node.attributes) expect(node.attributes['time']).toMatch(/^\d+\.\d{3}$/);
  if ('timestamp' in node.attributes) expect(node.attributes['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
  for (const child of node.children) {
    expect(rule?.children).toContain(child.name);
    requireSchema(child);
  }
}

describe('a report as JUnit', () => {
  test('has the form of the schema, whatever the states', () => {
    const report = stagedReport(undefined, undefined, [heldAssertion, brokenAssertion, { ...heldAssertion, id: 'moved', state: 'INCONCLUSIVE' }]);
    for (const one of [report, stagedReport(), lifelikeReport({ az: 'az1' }, { az: 'az3', lost: 2 }), withVerdict(stagedReport(), 'NOT_READY', ['no headroom']), { ...report, runs: [] }]) requireSchema(parseXml(junitReport(one)));
  });

  test('has one case per assertion and AZ, and counts them', () => {
    const report = stagedReport(undefined, undefined, [heldAssertion, brokenAssertion]);
    const both = withVerdict({ ...report, runs: [...report.runs, ...report.runs.map((one) => ({ ...one, run: { ...one.run, az: 'az2' } }))] }, 'FAIL', [brokenAssertion.text]);
    expect(casesOf(both).map(({ attributes }) => `${attributes['classname']} ${attributes['name']}`)).toEqual([
      'azimuth.staged.az1 added-latency', 'azimuth.staged.az1 failed-orders', 'azimuth.staged.az2 added-latency', 'azimuth.staged.az2 failed-orders',
    ]);
    expect(suiteOf(both).attributes).toMatchObject({ tests: '4', failures: '2', errors: '0', name: 'azimuth.staged', time: '80.000' });
  });

  test.each([
    ['FAIL', 'failure'], ['INCONCLUSIVE', 'error'], ['NOT_READY', 'error'], ['ABORTED', 'error'], ['ERROR', 'error'],
  ] as const)('makes %s a %s of that type, with all reasons', (verdict, kind) => {
    const [one] = casesOf(withVerdict(stagedReport(), verdict, ['the first', 'the second']));
    expect(one?.children).toMatchObject([{ name: kind, attributes: { type: verdict, message: 'the first' }, text: 'the first\nthe second' }]);
  });

  test('is not green when every assertion holds in a run that carries no verdict', () => {
    const cases = casesOf(withVerdict(stagedReport(undefined, undefined, [heldAssertion]), 'INCONCLUSIVE', ['The host stood still.']));
    expect(cases.map(({ attributes, children }) => [attributes['name'], children[0]?.name])).toEqual([['verdict', 'error'], ['added-latency', undefined]]);
  });

  test('has a case for a verdict without any assertion', () => {
    expect(casesOf(stagedReport(undefined, undefined, []))).toMatchObject([{ attributes: { name: 'verdict', classname: 'azimuth.staged.az1' }, children: [] }]);
  });

  test.each([1, 0])('is not green for AZs that were not come to, after %d runs that passed', (runs) => {
    const report = stagedReport(undefined, undefined, [heldAssertion]);
    const stopped: Report = { verdict: { ...report.verdict, verdict: 'ABORTED', notRun: ['az2', 'az3'] }, runs: report.runs.slice(0, runs) };
    expect(casesOf(stopped).slice(runs)).toMatchObject(['az2', 'az3'].map((az) => ({ attributes: { classname: `azimuth.staged.${az}`, name: 'verdict' }, children: [{ name: 'error', attributes: { type: 'ABORTED' } }] })));
    expect(suiteOf(stopped).attributes).toMatchObject({ tests: String(runs + 2), errors: '2' });
    requireSchema(parseXml(junitReport(stopped)));
  });

  test('is green for a control arm that fails, and red for one that does not', () => {
    const control = (verdict: VerdictState, asExpected: boolean): Report => {
      const report = withVerdict(stagedReport(undefined, undefined, [brokenAssertion]), verdict, [brokenAssertion.text]);
      return { ...report, runs: report.runs.map((one) => ({ ...one, expected: 'FAIL', asExpected })) };
    };
    expect(casesOf(control('FAIL', true))).toMatchObject([{ attributes: { name: 'ends FAIL' }, children: [] }]);
    expect(casesOf(control('PASS', false))).toMatchObject([{ children: [{ name: 'failure', attributes: { message: 'It ended PASS; its document expects FAIL.' } }] }]);
    expect(casesOf(control('INCONCLUSIVE', false))).toMatchObject([{ children: [{ name: 'error', attributes: { type: 'INCONCLUSIVE' } }] }]);
  });

  test('says under which seed, rate and commit', () => {
    const [properties] = suiteOf(lifelikeReport({})).children;
    expect(properties?.children.map(({ attributes }) => [attributes['name'], attributes['value']])).toEqual(expect.arrayContaining([
      ['seed', '7'], ['rate', '300'], ['commit', '7f992905e1b24f1a8c0d3b4e5f60718293a4b5c6'],
    ]));
  });

  test('stays XML whatever a reason holds', () => {
    const nasty = '</failure>]]> & "<\u0000\u001b[31m\u{d800} ende\nzwei';
    const [one] = casesOf(withVerdict(stagedReport(), 'FAIL', [nasty]));
    expect(one?.children[0]?.text).toBe('</failure>]]> & "<\ufffd\ufffd[31m\ufffd ende\nzwei');
    expect(one?.children[0]?.attributes['message']).toBe(one?.children[0]?.text);
  });
});
