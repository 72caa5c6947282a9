import { describe, expect, test } from 'vitest';
import type { ToolkitExperiment } from './experiment.ts';
import { judgeToolkitJournal } from './judge-journal.ts';
import type { ToolkitJournal } from './journal.ts';
import { runToolkitExperiment } from './run-experiment.ts';
import { KILL, processAction, StagedWorld } from './toolkit-world.fixture.ts';

const run = (world: StagedWorld, experiment: ToolkitExperiment = KILL, signal = new AbortController().signal): Promise<ToolkitJournal> => runToolkitExperiment(experiment, new Map(), world, signal);
const ROLLBACKS = ['az heal', 'az traffic rest'];

describe('a run of a Chaos Toolkit experiment', () => {
  test.each([[5, 'az 5'], [true, 'az true'], ['kill az1', 'az kill az1']])('gives a program the whole of its arguments, where they are one variable: %j', async (value, done) => {
    const world = new StagedWorld();
    await runToolkitExperiment({ ...KILL, method: [{ ...processAction(''), provider: { type: 'process', path: 'az', arguments: '${words}' } }] }, new Map([['words', value]]), world, new AbortController().signal);
    expect(world.done).toContain(done);
  });

  test('waits no shorter for a pause that is longer than a timer can wait', async () => {
    const world = new StagedWorld();
    await run(world, { ...KILL, method: [processAction('kill az1', { pauses: { before: 1e10 } })] });
    expect(world.done).toContain(`pause ${(2 ** 31 - 1) / 1000}`);
  });

  test('looks, acts, waits, looks again, rolls back, and passes', async () => {
    const world = new StagedWorld();
    const journal = await run(world);
    expect(world.done).toEqual(['GET http://here/steady', 'az kill az1', 'pause 2', 'GET http://here/steady', ...ROLLBACKS]);
    expect(journal).toMatchObject({ status: 'completed', deviated: false, duration: 2, steady_states: { before: { steady_state_met: true }, after: { steady_state_met: true } } });
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'PASS', reasons: [] });
  });

  test.each<[string, ToolkitExperiment['method']]>([['nothing', []], ['but looks', KILL['steady-state-hypothesis']?.probes ?? []]])('whose method does %s proves nothing', async (_what, method) => {
    expect(judgeToolkitJournal(await run(new StagedWorld(), { ...KILL, method }))).toEqual({ state: 'INCONCLUSIVE', reasons: ['The method has no action: nothing was done that could have shaken it, so it proves nothing.'] });
  });

  test('that is not steady before does nothing and is NOT_READY', async () => {
    const world = new StagedWorld();
    world.answer = () => ({ status: 503 });
    const journal = await run(world);
    expect(world.done).toEqual(['GET http://here/steady', ...ROLLBACKS]);
    expect(journal).toMatchObject({ deviated: false, run: [], steady_states: { after: null } });
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'NOT_READY', reasons: ['Probe "serves" is beyond its tolerance, before the method: nothing was done.'] });
  });

  test('that deviates is rolled back and is FAIL', async () => {
    const world = new StagedWorld();
    world.answer = () => ({ status: world.done.includes('az kill az1') ? 503 : 200 });
    const journal = await run(world);
    expect(world.done.slice(-2)).toEqual(ROLLBACKS);
    expect(journal).toMatchObject({ status: 'completed', deviated: true });
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'FAIL', reasons: ['Probe "serves" is beyond its tolerance, after the method.'] });
  });

  test('of which a rollback fails is no PASS, and the other rollbacks are run', async () => {
    const world = new StagedWorld();
    world.process = (words) => (words === 'az heal' ? { status: 6, stderr: 'working\nNobody answers.' } : {});
    const journal = await run(world);
    expect(world.done.slice(-2)).toEqual(ROLLBACKS);
    expect(journal).toMatchObject({ status: 'failed', rollbacks: [{ status: 'failed', output: { status: 6 } }, { status: 'succeeded' }] });
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'ERROR', reasons: ['Rollback "heal" failed: it ended with 6: Nobody answers. What it was to undo may still be there.'] });
  });

  test('of which an action broke nothing is ERROR: the method ends there, and what is in the background with it', async () => {
    const world = new StagedWorld();
    world.process = (words, signal) => {
      if (words === 'az kill az1') return { status: 2, stderr: 'AZ_CONFLICT' };
      if (words !== 'az load') return {};
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('it was interrupted'))));
    };
    const journal = await run(world, { ...KILL, method: [processAction('load', { background: true }), ...KILL.method, processAction('never')] });
    expect(world.done).not.toContain('az never');
    expect(journal.run.map(({ status }) => status)).toEqual(['aborted', 'failed']);
    expect(journal.steady_states.after).toBeNull();
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'ERROR', reasons: ['Action "kill az1" failed: it ended with 2: AZ_CONFLICT. The method ended there.'] });
  });

  test('that is interrupted ends what runs, leaves out what is to come, rolls back and is ABORTED', async () => {
    const world = new StagedWorld();
    const interruption = new AbortController();
    world.process = (words) => {
      if (words !== 'az kill az1') return {};
      interruption.abort();
      throw new Error('it was interrupted');
    };
    const journal = await run(world, { ...KILL, method: [...KILL.method, processAction('never')] }, interruption.signal);
    expect(world.done.slice(-3)).toEqual(['pause 2', ...ROLLBACKS]);
    expect(world.done).not.toContain('az never');
    expect(journal).toMatchObject({ status: 'interrupted', deviated: false, run: [{ status: 'aborted' }], rollbacks: [{ status: 'succeeded' }, { status: 'succeeded' }] });
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'ABORTED', reasons: ['It was interrupted; the rollbacks were run.'] });
  });

  test('does not wait for what is in the background, but for its end before it looks', async () => {
    const world = new StagedWorld();
    let end = (): void => {};
    world.process = (words) => {
      if (words === 'az load') return new Promise((resolve) => (end = () => resolve({})));
      if (words === 'az kill az1') setTimeout(end, 5);
      return {};
    };
    const journal = await run(world, { ...KILL, method: [processAction('load', { background: true }), ...KILL.method] });
    expect(world.done.slice(1, 3)).toEqual(['az load', 'az kill az1']);
    expect(journal.run.map(({ activity, status }) => [activity.name, status])).toEqual([['load', 'succeeded'], ['kill az1', 'succeeded']]);
  });

  test('in which nothing has to hold proves nothing', async () => {
    const { 'steady-state-hypothesis': _none, ...bare } = KILL;
    expect(judgeToolkitJournal(await run(new StagedWorld(), bare)).state).toBe('INCONCLUSIVE');
  });

  test('of which a probe of the method saw nothing goes on, and is INCONCLUSIVE', async () => {
    const world = new StagedWorld();
    world.process = (words) => {
      if (words === 'az look') throw new Error('it took longer than 1 s');
      return {};
    };
    const journal = await run(world, { ...KILL, method: [processAction('look', { type: 'probe' }), ...KILL.method] });
    expect(world.done).toContain('az kill az1');
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'INCONCLUSIVE', reasons: ['Probe "look" of the method saw nothing: it took longer than 1 s.'] });
  });

  test('writes activities down as they are written: secrets are filled in only where they are used', async () => {
    const world = new StagedWorld();
    const journal = await runToolkitExperiment({ ...KILL, method: [processAction('login ${token}')] }, new Map([['token', 'hush']]), world, new AbortController().signal);
    expect(world.done).toContain('az login hush');
    expect(JSON.stringify(journal)).not.toContain('hush');
  });
});
