import { describe, expect, test } from 'vitest';
import { statedFaultText, kindText, peerOf, statedFault, type StatedFault } from './stated-fault.ts';

describe('the fault of a run', () => {
  test('has the AZ under test for its target and the next one for its peer', () => {
    expect(statedFault({ verb: 'cut', target: '${{ matrix.az }}', peer: '${{ matrix.peer }}', oneWay: true }, 'az2')).toEqual({ verb: 'cut', target: 'az2', peer: 'az3', oneWay: true });
    expect(statedFault({ verb: 'kill', target: '${{matrix.az}}-kitchen-a' }, 'az3')).toEqual({ verb: 'kill', target: 'az3-kitchen-a' });
  });

  test('has the first AZ for the peer of the last', () => {
    expect(peerOf('az3')).toBe('az1');
  });

  test('that names its target outright keeps it', () => {
    expect(statedFault({ verb: 'kill', target: 'az2-storefront-b' }, 'az1').target).toBe('az2-storefront-b');
  });

  test.each<[StatedFault, string]>([
    [{ verb: 'kill', target: 'az1' }, 'kill az1'],
    [{ verb: 'isolate', target: 'az1' }, 'isolate az1'],
    [{ verb: 'isolate', target: 'az1', silent: true }, 'isolate az1 silent'],
    [{ verb: 'cut', target: 'az1', peer: 'az2' }, 'cut az1 az2'],
    [{ verb: 'cut', target: 'az1', peer: 'az2', oneWay: true }, 'cut az1 az2 one-way'],
    [{ verb: 'cut', target: 'az1', peer: 'az2', oneWay: false, refuse: true }, 'cut az1 az2 refused'],
    [{ verb: 'slow', target: 'az1', latencyMs: 400 }, 'slow az1 +400 ms'],
    [{ verb: 'slow', target: 'az1', latencyMs: 400, jitterMs: 50 }, 'slow az1 +400 ± 50 ms'],
    [{ verb: 'flaky', target: 'az1', share: 0.3 }, 'flaky az1 30 %'],
  ])('%j is called "%s"', (stated, text) => {
    expect(statedFaultText(stated)).toBe(text);
  });

  test('says which failure it stands for, where its name does not', () => {
    expect(kindText({ verb: 'kill' })).toMatch(/^crash-stop/);
    expect(kindText({ verb: 'kill', silent: true })).toMatch(/^power loss/);
    expect(kindText({ verb: 'isolate', silent: true })).toMatch(/^black hole/);
    expect([kindText({ verb: 'isolate' }), kindText({ verb: 'freeze' })]).toEqual([null, null]);
  });
});
