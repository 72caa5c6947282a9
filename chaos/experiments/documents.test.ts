import { describe, expect, test } from 'vitest';
import { FaultRequestSchema, isLinkVerb } from '#contracts/faults.ts';
import { Value } from 'typebox/value';
import { maxOf, minOf, onlyMeasures } from '#chaos/verdict/bounds.ts';
import { statedFault } from '#chaos/verdict/stated-fault.ts';
import { experimentNamed, openDocument, pathOfDocument, shippedDocument, shippedExperiments } from './documents.ts';
import { shippedNames, shippedPath } from './shipped-names.ts';

describe('what is shipped', () => {
  test('holds everything that is promised, each under the name of its file', () => {
    expect(shippedNames()).toEqual(expect.arrayContaining([
      'capacity', 'az-power-loss', 'az-power-loss-silent', 'az-freeze', 'az-isolation', 'az-blackhole', 'az-cut', 'az-cut-one-way', 'az-slow', 'az-fail', 'az-lag', 'az-lies-well', 'az-lies-ill', 'dc-loss', 'replica-loss',
      'abort-rehearsal', 'az-power-loss-bare', 'az-freeze-no-rescue',
    ]));
    expect(shippedNames().map((name) => shippedDocument(name).id)).toEqual(shippedNames());
  });

  test('runs on every AZ', () => {
    for (const document of shippedNames().map(shippedDocument)) if (document.kind !== 'Suite') expect(document.azs).toEqual(['az1', 'az2', 'az3']);
  });

  test('asks the injector for nothing that it does not take', () => {
    const asked = shippedExperiments().flatMap(({ fault, given }) => [fault, ...given]).map((fault) => statedFault(fault, 'az3'));
    expect(asked.filter((stated) => !Value.Check(FaultRequestSchema, stated))).toEqual([]);
    expect(asked.filter(({ verb, target }) => isLinkVerb(verb) && target !== 'az3')).toEqual([]);
  });

  test('that cuts a way sees to it that somebody crosses it', () => {
    for (const name of ['az-cut', 'az-cut-one-way']) {
      const document = experimentNamed(name);
      expect(minOf(document, 'crossed_orders_per_second')).toBe(20);
      expect(document.given.map((fault) => statedFault(fault, 'az2'))).toEqual([{ verb: 'kill', target: 'az2-kitchen-a' }, { verb: 'kill', target: 'az2-kitchen-b' }]);
    }
  });

  test('holds a bar, but for those that say they have none', () => {
    expect(shippedExperiments().filter(onlyMeasures).map(({ id, title }) => [id, title.includes('no bar')])).toEqual([['az-lag', true], ['az-slow', true]]);
  });

  test('that lies has something fail that the lie is about: alone it touches no order', () => {
    const told = (id: string) => [...experimentNamed(id).given, experimentNamed(id).fault].map((fault) => statedFault(fault, 'az3'));
    const refuses = { verb: 'fail', target: 'az3', rate: 0.5, status: 503 };
    expect(told('az-lies-well')).toEqual([{ verb: 'lie', target: 'az3', health: 'well' }, refuses]);
    expect(told('az-lies-ill')).toEqual([{ verb: 'lie', target: 'az1', health: 'ill' }, { verb: 'kill', target: 'az3' }]);
    expect(told('az-fail')).toEqual([refuses]);
  });

  test('and refuses holds what simulation/gray-failure.test.ts holds', () => {
    expect(['az-fail', 'az-lies-well'].map((id) => maxOf(experimentNamed(id), 'failed_ratio'))).toEqual([0.08, 0.25]);
  });

  test('that has a bar on balance waits for it', () => {
    const waiting = shippedExperiments().filter((document) => maxOf(document, 'time_to_balanced') !== null);
    expect(waiting.filter(({ until, phases }) => until !== 'balanced' || phases.recoveryMs <= 60_000)).toEqual([]);
  });

  test('stops where customers lose more than half, and the rehearsal where they lose a tenth', () => {
    for (const { id, guardrails } of shippedExperiments()) {
      expect(guardrails, id).toEqual([id === 'abort-rehearsal' ? { sli: 'success', below: 0.9, forMs: 3_000 } : { sli: 'success', below: 0.5, forMs: 5_000 }]);
    }
  });

  test('expects to pass, but for the control arms and the rehearsal', () => {
    const others = shippedExperiments().filter(({ expect: state }) => state !== 'PASS').map(({ id, expect: state }) => [id, state]);
    expect(others).toEqual([['abort-rehearsal', 'ABORTED'], ['az-freeze-no-rescue', 'FAIL'], ['az-power-loss-bare', 'FAIL']]);
  });

  test('needs the headroom for an AZ wherever an AZ is lost', () => {
    const waived = shippedExperiments().filter(({ headroom }) => headroom === 'waived').map(({ id }) => id);
    expect(waived).toEqual(['az-lag', 'az-slow', 'dc-loss', 'replica-loss']);
  });
});

describe('what is asked for', () => {
  test('is a name or a path', () => {
    expect(pathOfDocument('az-freeze')).toBe(shippedPath('az-freeze'));
    expect(pathOfDocument('./az-freeze')).toBe('./az-freeze');
    expect(pathOfDocument('mine.yaml')).toBe('mine.yaml');
    expect(openDocument(shippedPath('az-freeze'))).toEqual(shippedDocument('az-freeze'));
  });

  test('and is not there names what was probably meant', () => {
    expect(() => pathOfDocument('az-freze')).toThrow(expect.objectContaining({ exitCode: 2, hint: expect.stringMatching(/Did you mean az-freeze\?.*experiment list/) as string }));
    expect(() => openDocument('nowhere.yaml')).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining('nowhere.yaml cannot be read') as string }));
  });
});
