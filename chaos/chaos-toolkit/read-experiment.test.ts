import { describe, expect, test } from 'vitest';
import { shippedPath } from '#chaos/experiments/shipped-names.ts';
import { readFileSync } from 'node:fs';
import { isToolkitExperiment, readToolkitExperiment } from './read-experiment.ts';

const act = { type: 'action', name: 'kill', provider: { type: 'process', path: './azimuth', arguments: ['kill', 'az1'] } };
const look = { type: 'probe', name: 'serves', tolerance: 200, provider: { type: 'http', url: 'http://127.0.0.1:1/' } };
const sound = { title: 'An AZ dies', 'steady-state-hypothesis': { title: 'It serves.', probes: [look] }, method: [act, { ref: 'serves' }], rollbacks: [] };
const mistakes = (written: unknown): string[] => readToolkitExperiment(JSON.stringify(written, null, 2), 'x.json', {}).problems.map(({ message }) => message);

describe('an experiment of Chaos Toolkit', () => {
  test('is told from ours', () => {
    expect([JSON.stringify(sound), 'title: x\nmethod: []', readFileSync(shippedPath('az-power-loss'), 'utf8'), '{', '[]', '{"title": "x"}'].map(isToolkitExperiment)).toEqual([true, true, false, false, false, false]);
  });

  test('is read whole, references by what they name', () => {
    const { experiment, problems } = readToolkitExperiment(JSON.stringify(sound), 'x.json', {});
    expect(problems).toEqual([]);
    expect(experiment?.method).toEqual([act, look]);
  });

  test.each<[string, unknown, string]>([
    ['a python provider', { ...sound, method: [{ ...act, provider: { type: 'python', module: 'chaosaws.ec2', func: 'stop' } }] }, 'method[0].provider.type: python (chaosaws.ec2.stop) is not run here: run it with "chaos run", or call it as a process, such as python3 with "-c"'],
    ['controls', { ...sound, controls: [] }, 'controls: controls are Python and are not run here: run it with "chaos run", or leave them out'],
    ['a vault', { ...sound, secrets: { api: { token: { type: 'vault', path: 'x' } } } }, 'secrets.api.token.type: vault is not read here: use env'],
    ['a tolerance that is a probe', { ...sound, 'steady-state-hypothesis': { title: 'x', probes: [{ ...look, tolerance: { type: 'probe' } }] } }, 'steady-state-hypothesis.probes[0].tolerance.type: a tolerance that is a probe is not run here: use regex, range or jsonpath'],
    ['a probe of the hypothesis without a tolerance', { ...sound, 'steady-state-hypothesis': { title: 'x', probes: [{ ...look, tolerance: undefined }] } }, 'steady-state-hypothesis.probes[0]: a probe of the hypothesis needs a tolerance'],
    ['a path that is not understood', { ...sound, 'steady-state-hypothesis': { title: 'x', probes: [{ ...look, tolerance: { type: 'jsonpath', path: '$..a' } }] } }, 'steady-state-hypothesis.probes[0].tolerance.path: it must be a path of names, indices and *, such as $.orders.failed or $.zones[*].state'],
    ['an action in a hypothesis', { ...sound, 'steady-state-hypothesis': { title: 'x', probes: [{ ...act, tolerance: 0 }] } }, 'steady-state-hypothesis.probes[0].type: a hypothesis looks and acts on nothing: it must be probe'],
    ['a reference to nobody', { ...sound, method: [{ ref: 'nobody' }] }, 'method[0].ref: no activity is called "nobody"'],
    ['a rollback in the background', { ...sound, rollbacks: [{ ...act, background: true }] }, 'rollbacks[0].background: only activities of the method go on in the background'],
    ['a look at the hypothesis all along', { ...sound, runtime: { hypothesis: { strategy: 'continuously' } } }, 'runtime.hypothesis.strategy: the hypothesis is looked at before the method and after it: run it with "chaos run", or leave this out'],
    ['no rollbacks', { ...sound, runtime: { rollbacks: { strategy: 'never' } } }, 'runtime.rollbacks.strategy: rollbacks always run here: leave this out'],
  ])('%s is refused by its path', (_what, written, mistake) => {
    expect(mistakes(written)).toContain(mistake);
  });

  test('may ask for what is done anyway', () => {
    expect(mistakes({ ...sound, runtime: { hypothesis: { strategy: 'default' }, rollbacks: { strategy: 'always' } } })).toEqual([]);
  });

  test('does not look for a variable of the environment that has no name', () => {
    expect(mistakes({ ...sound, configuration: { a: { type: 'env' } } })).toEqual(['configuration.a.key: it must be the name of a variable of the environment']);
  });

  test('has all its mistakes named at once, with their lines', () => {
    const { problems } = readToolkitExperiment(
      JSON.stringify({ method: [{ type: 'act', provider: { type: 'http', url: 'nowhere', timeout: 0 }, pauses: { after: 'long' } }], rollbacks: {}, configuration: { a: { type: 'env', key: 'A' } } }, null, 1),
      'x.json', {},
    );
    expect(problems.map(({ message }) => message.split(':')[0]).sort()).toEqual([
      'configuration.a', 'method[0].name', 'method[0].pauses.after', 'method[0].provider.timeout', 'method[0].provider.url', 'method[0].type', 'rollbacks', 'title',
    ]);
    expect(problems.find(({ message }) => message.startsWith('method[0].provider.url'))).toMatchObject({ file: 'x.json', line: 7 });
  });
});
