import { describe, expect, test } from 'vitest';
import { withMax } from './bounds.ts';
import { judge } from './judge.ts';
import { stagedDocument, stagedJournal, stagedRecords } from './staged-run.fixture.ts';
import { verdictText } from './verdict-text.ts';

const records = stagedRecords();
const textOf = (document = stagedDocument, some = records, journal = stagedJournal()): string => verdictText(judge(some, journal, document), document, some, journal, 100).join('\n');

describe('a verdict for people', () => {
  test('begins with the word and shows figures beside their bars', () => {
    const text = textOf();
    expect(text).toMatch(/^PASS {2}A staged run \(kill az1\)/);
    expect(text).toMatch(/12,000 offered, 12,000 answered, 0 failed {2}\(bar: ≤ 0 failed\)/);
    expect(text).toMatch(/Added latency +200 ms to the slowest order {2}\(bar: ≤ 250 ms\)/);
    expect(text).toMatch(/Timeline +fault 0 · steady 0\.00 s · first failed check 0\.09 s/);
    expect(text).toMatch(/150\/s rated per AZ \(from the model.*67 % used before, 100 % with an AZ gone: can lose an AZ/);
  });

  test('says what was struck, how far apart, and what kind of death that is', () => {
    expect(textOf()).toMatch(/Struck +3 members within 4 ms, crash-stop: the kernel closed its connections/);
    const silent = stagedJournal((event) => (event.type === 'fault.injected' ? { ...event, detail: { silent: true } } : event));
    expect(textOf(stagedDocument, records, silent)).toMatch(/Struck .*, power loss: frozen, off the network and then killed, no FIN and no RST/);
    expect(textOf(stagedDocument, records, silent)).toMatch(/^PASS {2}A staged run \(kill az1 silent\)/);
  });

  test('gives the reason under a verdict that is no PASS', () => {
    const failing = records.map((record, at) => (at === 9001 ? { ...record, status: 502, bakeMs: null } : record));
    expect(textOf(stagedDocument, failing)).toMatch(/^FAIL .*\n {2}1 of 12000 orders failed; at most 0 may\./);
  });

  test('says what to do where the host had nothing left, whatever the verdict', () => {
    const busy = stagedJournal((event) => (event.type === 'host.sampled' ? { ...event, cpuShare: 1 } : event));
    expect(textOf(stagedDocument, records, busy)).toMatch(/Host +processors at most 100 % busy.*\n +no processor was left .*--rate/);
    expect(textOf()).not.toMatch(/no processor was left/);
  });

  test('does not round a lost order away', () => {
    const failing = records.map((record, at) => (at === 9001 ? { ...record, status: 502, bakeMs: null } : record));
    expect(textOf(stagedDocument, failing)).toMatch(/Availability +99\.991 %, worst second 99\.666 %/);
  });

  test('says of a control arm that it must fail, and whether it did', () => {
    const arm = { ...stagedDocument, expect: 'FAIL' } as const;
    expect(textOf(arm)).toMatch(/^PASS {2}A staged run \(kill az1\), but it must end FAIL/);
    expect(textOf(withMax(arm, 'added_latency_ms', 100))).toMatch(/^FAIL {2}A staged run \(kill az1\), as it must/);
  });

  test('shows what else was demanded, each with its state', () => {
    const asked = { id: 'surge', metric: 'p99_ms', phase: 'recovery', min: null, max: 50 } as const;
    const text = textOf({ ...stagedDocument, assertions: [...stagedDocument.assertions, asked] });
    expect(text).toMatch(/^ {2}surge +FAIL: The p99 of the recovery took 92 ms; at most 50 ms are allowed\.$/m);
    expect(text).toMatch(/^ {2}hypothesis-success +PASS: 1500 of 1500 orders of the last 5 s of the baseline were answered; at least 99\.9 % must\.$/m);
  });

  test('says what was broken beforehand and how much crossed the way', () => {
    const text = textOf({
      ...stagedDocument, given: [{ verb: 'kill', target: '${{ matrix.az }}-kitchen-a' }],
      assertions: [{ id: 'crossed', metric: 'crossed_orders_per_second', phase: 'baseline', min: 20, max: null }],
    });
    expect(text).toMatch(/Broken beforehand +kill az1-kitchen-a/);
    expect(text).toMatch(/Over the way before +unknown orders\/s {2}\(bar: ≥ 20 orders\/s\)/);
  });

  test('does not let a run without a bar look like one that held', () => {
    const text = textOf({ ...stagedDocument, assertions: [] });
    expect(text).toMatch(/^PASS {2}A staged run \(kill az1\): measured; there is no bar to hold/);
    expect(text).toMatch(/Moved to other AZs +after 9\d ms$/m);
    expect(text).not.toMatch(/\(bar:/);
  });

  test('can be told of a run without any evidence', () => {
    expect(textOf(stagedDocument, [], [])).toMatch(/^INCONCLUSIVE/);
  });
});
