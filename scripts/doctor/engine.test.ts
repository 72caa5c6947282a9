import { expect, test } from 'vitest';
import { examineEngine, type AskDocker, type DockerAnswer } from './engine.ts';

const said = (out: string): DockerAnswer => ({ exitCode: 0, out, complaint: '' });
const failed = (complaint: string): DockerAnswer => ({ exitCode: 1, out: '', complaint });

/** A `docker` that answers by the first words of what it is asked; a sound one where nothing else is said. */
function docker(change: Record<string, DockerAnswer> = {}): { ask: AskDocker; asked: string[] } {
  const answers: Record<string, DockerAnswer> = {
    'compose version': said('2.39.1'), 'compose config': said('grafana/grafana:12.0.0\nazimuth:0.1.0\nazimuth:0.1.0'), version: said('28.2.2 (linux/amd64)'),
    info: said(String(8 * 1024 ** 3)), 'image inspect': said('sha256:1'), 'manifest inspect': said('{}'), ...change,
  };
  const asked: string[] = [];
  const ask: AskDocker = async (words) => {
    const text = words.join(' ');
    asked.push(text);
    const key = Object.keys(answers).sort((one, other) => other.length - one.length).find((start) => text === start || text.startsWith(`${start} `) || (start.includes('…') && text.endsWith(start.slice(1))));
    return answers[key ?? ''] ?? null;
  };
  return { ask, asked };
}

test('a sound engine is told with its version, its Compose, its memory and its images', async () => {
  const findings = await examineEngine(docker().ask);
  expect(findings.map(({ name, state, found }) => [name, state, found])).toEqual([
    ['engine', 'ok', '28.2.2 (linux/amd64)'], ['compose', 'ok', '2.39.1'], ['engine memory', 'ok', '8.0 GiB'], ['images', 'ok', 'all 2 are at hand'],
  ]);
});

test('without the program, and without an answer, nothing else is asked', async () => {
  expect(await examineEngine(async () => null)).toMatchObject([{ name: 'engine', state: 'note', found: expect.stringContaining('no "docker"') as string }]);
  const { ask, asked } = docker({ version: failed('permission denied while trying to connect') });
  expect(await examineEngine(ask)).toMatchObject([{ state: 'note', remedy: expect.stringContaining('group docker') as string }]);
  expect(asked).toHaveLength(1);
});

test.each([
  ['2.23.3', 'note'], ['2.24.0', 'ok'], ['v2.24.6', 'ok'], ['5.0.0', 'ok'], ['1.29.2', 'note'],
])('Compose %s is %s', async (version, state) => {
  expect((await examineEngine(docker({ 'compose version': said(version) }).ask))[1]?.state).toBe(state);
});

test('a missing plugin and a small virtual machine are named with what to do', async () => {
  const findings = await examineEngine(docker({ 'compose version': failed('unknown command'), info: said(String(2 * 1024 ** 3)) }).ask);
  expect(findings[1]).toMatchObject({ state: 'note', found: 'the plugin is missing', remedy: expect.stringContaining('2.24') as string });
  expect(findings[2]).toMatchObject({ state: 'note', found: '2.0 GiB', remedy: expect.stringContaining('2.5 GiB') as string });
});

test('only our own image may be missing without a registry', async () => {
  const ours = docker({ '…azimuth:0.1.0': failed('No such image') });
  expect((await examineEngine(ours.ask))[3]).toMatchObject({ state: 'ok', found: expect.stringContaining('azimuth:0.1.0 will be built') as string });
  expect(ours.asked.join()).not.toContain('manifest');
  const reachable = docker({ 'image inspect': failed('No such image') });
  expect((await examineEngine(reachable.ask))[3]).toMatchObject({ state: 'ok', found: expect.stringContaining('the registry answers') as string });
  const alone = docker({ 'image inspect': failed('No such image'), 'manifest inspect': failed('no answer within 10 s') });
  expect((await examineEngine(alone.ask))[3]).toMatchObject({ state: 'note', found: expect.stringMatching(/registry of grafana.*no answer within 10 s/) as string, remedy: expect.stringContaining('stand-ins') as string });
});
