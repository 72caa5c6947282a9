import { expect, test } from 'vitest';
import type { Run } from '#contracts/runs.ts';
import { runListText, runText } from './runs-text.ts';

const NOW_MS = 1_000_000;
const going: Run = {
  id: 'r2', state: 'running', experiment: 'az-power-loss', title: 'An AZ loses power', expected: 'PASS', azs: ['az1', 'az2'], ratePerSecond: 300, seed: 1, attached: true,
  askedMs: NOW_MS - 65_000, now: { az: 'az2', phase: 'baseline', sinceMs: NOW_MS - 4_000 }, end: null, files: [],
};
const over: Run = {
  ...going, id: 'r1', state: 'ended', now: null, end: { endedMs: NOW_MS - 5_000, verdict: 'FAIL', outcome: 'FAIL', trouble: null }, files: [{ path: 'report.html', bytes: 9 }],
};

test('a line for each, the state of what runs and the verdict of what has run', () => {
  expect(runListText([going, over], NOW_MS).split('\n')).toEqual([
    'RUN  EXPERIMENT     ON       ORDERS/S  STATE    BEGAN',
    'r2   az-power-loss  az1,az2  300       running  1m 05s ago',
    'r1   az-power-loss  az1,az2  300       FAIL     1m 05s ago',
  ]);
  expect(runListText([], NOW_MS)).toBe('No experiment has run.');
});

test('one that runs says where it is', () => {
  expect(runText(going, 'http://127.0.0.1:8090', NOW_MS)).toBe('r2  running  An AZ loses power (az-power-loss) on az1, az2, 300 orders/s, seed 1\n  began   1m 05s ago\n  now     az2, baseline for 4s');
});

test('one that has run says where its report is, or why there is none', () => {
  expect(runText(over, 'http://127.0.0.1:8090', NOW_MS)).toMatch(/^r1 {2}FAIL .*\n.*\n {2}ended {3}after 1m 00s\n {2}report {2}http:\/\/127\.0\.0\.1:8090\/v1\/runs\/r1\/report\/report\.html$/);
  const trouble = { state: 'ERROR' as const, message: 'The controller ended while it ran.', hint: 'Run it again.' };
  expect(runText({ ...over, files: [{ path: 'capacity.json', bytes: 9 }] }, '', NOW_MS)).toMatch(/report {2}\/v1\/runs\/r1\/report\/capacity\.json$/);
  expect(runText({ ...over, end: { endedMs: NOW_MS, verdict: null, outcome: 'ERROR', trouble }, files: [] }, '', NOW_MS)).toMatch(/^r1 {2}ERROR .*\n.*\n.*\n {2}why {5}The controller ended while it ran\. Run it again\.$/);
});
