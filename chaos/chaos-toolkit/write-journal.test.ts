import { describe, expect, test } from 'vitest';
import type { JournalEvent } from '#contracts/journal.ts';
import type { ReportedRun } from '#chaos/report/report.ts';
import { brokenAssertion, heldAssertion, lifelikeReport, stagedReport } from '#chaos/report/reported-run.fixture.ts';
import type { ToolkitJournal } from './journal.ts';
import { toolkitJournalText } from './write-journal.ts';

const journalOf = (run: ReportedRun | undefined): ToolkitJournal => JSON.parse(toolkitJournalText(run as ReportedRun)) as ToolkitJournal;

describe("a run of ours as Chaos Toolkit's journal", () => {
  test('has its shape, its times and what was done', () => {
    const [run] = lifelikeReport({ az: 'az1' }).runs;
    const journal = journalOf(run);
    expect(Object.keys(journal)).toEqual(['chaoslib-version', 'platform', 'node', 'experiment', 'start', 'status', 'deviated', 'steady_states', 'run', 'rollbacks', 'end', 'duration']);
    expect(journal.run.map(({ activity, status }) => [activity.name, status])).toEqual([['kill az1', 'succeeded'], ['heal az1', 'succeeded']]);
    expect(journal.experiment).toMatchObject({ title: 'An AZ loses power (az1)', extensions: [{ name: 'azimuth', az: 'az1' }] });
    expect(journal.run[0]?.activity).toEqual(journal.experiment.method.find(({ name }) => name === 'kill az1'));
    expect(Date.parse(journal.end) - Date.parse(journal.start)).toBeCloseTo(journal.duration * 1000, 0);
    for (const { start, end, duration } of journal.run) expect(Date.parse(end) - Date.parse(start)).toBeCloseTo(duration * 1000, 0);
  });

  test('says what held and what did not, with the bound for a tolerance', () => {
    const [run] = stagedReport(undefined, undefined, [heldAssertion, brokenAssertion]).runs;
    const { steady_states: { before, after } } = journalOf(run);
    expect(before).toBeNull();
    expect(after?.steady_state_met).toBe(false);
    expect(after?.probes.map(({ activity, tolerance_met: isMet }) => [activity.name, isMet])).toEqual([['added-latency', true], ['failed-orders', false]]);
    expect(after?.probes[1]).toMatchObject({ status: 'succeeded', output: { observed: 3, unit: 'orders' }, activity: { tolerance: { type: 'range', range: [-Number.MAX_VALUE, 0] } } });
  });

  test.each<[ReportedRun['run']['verdict'], JournalEvent[], Partial<ToolkitJournal>]>([
    ['PASS', [], { status: 'completed', deviated: false }],
    ['FAIL', [], { status: 'completed', deviated: true }],
    ['INCONCLUSIVE', [], { status: 'failed', deviated: false }],
    ['ERROR', [], { status: 'failed', deviated: false }],
    ['ABORTED', [], { status: 'interrupted', deviated: false }],
    ['ABORTED', [{ type: 'guardrail.tripped', atMs: 1_040_000, reason: 'too much' }], { status: 'aborted', deviated: false }],
  ])('ends %s as Chaos Toolkit calls it', (verdict, events, expected) => {
    const [run] = stagedReport().runs as [ReportedRun];
    expect(journalOf({ ...run, run: { ...run.run, verdict }, journal: [...run.journal, ...events] })).toMatchObject(expected);
  });

  test('has a heal that left something broken for a failure', () => {
    const remains = [{ name: 'az1-kitchen-a', reason: 'it does not start' }];
    const [run] = stagedReport(undefined, (event) => (event.type === 'fault.healed' ? { ...event, remains } : event)).runs;
    expect(journalOf(run).run.at(-1)).toMatchObject({ status: 'failed', exception: ['az1-kitchen-a: it does not start'] });
  });
});
