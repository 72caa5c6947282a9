import { describe, expect, test } from 'vitest';
import { FaultRequestSchema, isLinkVerb } from '#contracts/faults.ts';
import { Value } from 'typebox/value';
import { onlyMeasures } from '#chaos/verdict/bars.ts';
import { statedFault } from '#chaos/verdict/stated-fault.ts';
import { EXPERIMENTS, findExperiment } from './documents.ts';

const documentOf = (id: string) => {
  const found = findExperiment(id);
  if (found === undefined) throw new Error(`no experiment "${id}"`);
  return found;
};

describe('the experiments', () => {
  test('have names of their own', () => {
    expect(new Set(EXPERIMENTS.map(({ id }) => id)).size).toBe(EXPERIMENTS.length);
    expect(EXPERIMENTS.map(({ id }) => id)).toEqual(expect.arrayContaining(['az-isolation', 'az-cut', 'az-cut-one-way', 'az-slow']));
  });

  test('ask the injector for nothing that it does not take', () => {
    const asked = EXPERIMENTS.flatMap(({ fault, given }) => [fault, ...given]).map((fault) => statedFault(fault, 'az3'));
    expect(asked.filter((stated) => !Value.Check(FaultRequestSchema, stated))).toEqual([]);
  });

  test('on links take a whole AZ', () => {
    for (const { fault } of EXPERIMENTS.filter((document) => isLinkVerb(document.fault.verb))) expect(fault.target).toBe('{az}');
  });

  test('that cut a way see to it that somebody crosses it', () => {
    for (const id of ['az-cut', 'az-cut-one-way']) {
      expect(documentOf(id)).toMatchObject({ crossingOrdersPerSecondMin: 20, given: [{ verb: 'kill', target: '{az}-kitchen-a' }, { verb: 'kill', target: '{az}-kitchen-b' }] });
    }
  });

  test('all hold a bar, but for the one that says it has none', () => {
    expect(EXPERIMENTS.filter(({ expect: bars }) => onlyMeasures(bars)).map(({ id, title }) => [id, title.includes('no bar')])).toEqual([['az-slow', true]]);
  });
});
