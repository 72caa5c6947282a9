// Order, loss and bounds while toxics come, go and change.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TOXIC_KINDS } from './toxic-kinds.ts';
import { Line, toxic } from './virtual-time.fixture.ts';

describe('the chain', () => {
  test('is in order of creation: the limit counts before the slicer cuts, or after', () => {
    const slicer = toxic('slicer', { average_size: 1 });
    const limit = toxic('limit_data', { bytes: 2 });
    expect(new Line([slicer, limit]).say('abc').heard).toEqual(['0: a', '0: b', '0: end (limit)']);
    expect(new Line([limit, slicer]).say('abc').heard).toEqual(['0: a', '0: b', '0: end (limit)']);
    expect(new Line([toxic('bandwidth', { rate: 1 }), slicer]).say('abc').step(9).heard).toEqual(['3: a', '3: b', '3: c']);
    expect(new Line([slicer, toxic('bandwidth', { rate: 1 })]).say('abc').step(9).heard).toEqual(['1: a', '2: b', '3: c']);
  });

  test('deals with chunks of at most 32 KiB', () => {
    const line = new Line([toxic('noop')]).say('x'.repeat(80 * 1024));
    expect(line.heard.map((one) => one.length - 3)).toEqual([32 * 1024, 32 * 1024, 16 * 1024]);
  });

  test('an end is the last that comes out, whatever is added, changed or said after it', () => {
    const line = new Line([toxic('latency', { latency: 5 })]).end().add(toxic('timeout', { timeout: 1 }));
    line.say('x').update(toxic('timeout', { timeout: 2 })).step(100).remove('timeout').remove('latency').end();
    expect(line.heard).toEqual(['0: end']);
    expect(line.pipeline.discardedBytes).toBe(1);
    expect([line.pipeline.isFull, line.pipeline.wakeAtMs(line.nowMs)]).toEqual([false, Infinity]);
  });

  test('a toxic that the end has passed asks for no time any more', () => {
    const line = new Line([toxic('timeout', { timeout: 500 }), toxic('slow_close', { delay: 1000 })]).end();
    expect(line.pipeline.wakeAtMs(line.nowMs)).toBe(1000);
  });

  test('a toxic added while an end is held comes before the end', () => {
    const line = new Line([toxic('slow_close', { delay: 100 })]).end().add(toxic('timeout', { timeout: 10 })).step(1000);
    expect(line.heard).toEqual(['10: end (timeout)']);
  });

  test('is clear, so that a connection may skip it, while nothing in it governs or holds', () => {
    const line = new Line([toxic('latency', { latency: 10 }, { toxicity: 0 })]);
    expect(line.pipeline.isClear).toBe(true);
    line.update(toxic('latency', { latency: 10 })).say('a');
    line.isBlocked = true;
    line.remove('latency');
    expect(line.pipeline.isClear).toBe(false);
    line.isBlocked = false;
    expect(line.run().pipeline.isClear).toBe(true);
  });

  test('what a removed toxic held waits for room, under a name that may be used again', () => {
    const line = new Line([toxic('latency', { latency: 100 }), toxic('bandwidth')]).say('a').step(100).say('bc').remove('latency');
    expect(line.pipeline.activeToxics()).toEqual(['bandwidth']);
    line.add(toxic('latency', { latency: 10 }));
    expect(line.pipeline.activeToxics()).toEqual(['bandwidth', 'latency']);
    line.remove('latency');
    expect([line.pipeline.activeToxics(), line.pipeline.heldBytes]).toEqual([['bandwidth'], 3]);
    expect(line.remove('bandwidth').text).toBe('abc');
  });

  test('a reader without room gets what a removed toxic held first', () => {
    const line = new Line([toxic('latency', { latency: 100 })]);
    line.isBlocked = true;
    line.say('ab').say('c').remove('latency').add(toxic('noop')).say('d');
    line.isBlocked = false;
    expect(line.run().heard).toEqual(['0: ab', '0: c', '0: d']);
  });
});

describe('toxicity', () => {
  test('is the connection\'s own draw, compared anew with what it is changed to', () => {
    const half = (toxicity: number) => toxic('limit_data', { bytes: 0 }, { toxicity, draw: 0.4 });
    const line = new Line([half(0.4)]);
    expect(line.pipeline.activeToxics()).toEqual([]);
    expect(line.say('a').update(half(0.5)).pipeline.activeToxics()).toEqual(['limit_data']);
    expect(line.update(half(0.1)).say('b').update(half(5)).say('c').heard).toEqual(['0: a', '0: b', '0: end (limit)']);
  });

  test('that lets go of a connection sets free what was held', () => {
    const line = new Line([toxic('latency', { latency: 100 })]).say('a').say('b');
    expect(line.update(toxic('latency', { latency: 100 }, { toxicity: 0 })).say('c').heard).toEqual(['0: a', '0: b', '0: c']);
  });
});

const LOSSY = new Set(['timeout', 'reset_peer', 'limit_data']);
const TYPES = Object.keys(TOXIC_KINDS);

type Action =
  | { do: 'say'; bytes: number }
  | { do: 'step'; ms: number }
  | { do: 'add' | 'update' | 'remove'; type: string; values: readonly number[]; toxicity: number }
  | { do: 'block'; blocked: boolean };

function actions(types: readonly string[], values: fc.Arbitrary<number>): fc.Arbitrary<Action[]> {
  return fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const), bytes: fc.oneof(fc.nat(50), fc.nat(70_000)) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('step' as const), ms: fc.nat(60) }) },
      { weight: 3, arbitrary: fc.record({
        do: fc.constantFrom('add' as const, 'update' as const, 'remove' as const),
        type: fc.constantFrom(...types),
        values: fc.array(values, { minLength: 3, maxLength: 3 }),
        toxicity: fc.constantFrom(0, 0.3, 0.6, 1),
      }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('block' as const), blocked: fc.boolean() }) },
    ),
    { maxLength: 60 },
  );
}

/** Plays them; a `say` waits, as a paused source does, while the pipeline has no room. @returns what was said */
function play(line: Line, list: readonly Action[]): string {
  let said = '';
  for (const action of list) {
    if (action.do === 'say') {
      if (line.pipeline.isFull) continue;
      const text = Array.from({ length: action.bytes }, (_, i) => String.fromCharCode((said.length + i) % 251)).join('');
      said += text;
      line.say(text);
    } else if (action.do === 'step') {
      line.step(action.ms, action.ms % 3);
    } else if (action.do === 'block') {
      line.isBlocked = action.blocked;
    } else if (action.do === 'remove') {
      line.remove(action.type);
    } else {
      const kind = TOXIC_KINDS[action.type];
      const attributes = Object.fromEntries((kind?.attributes ?? []).map((name, i) => [name, action.values[i] ?? 0]));
      const made = toxic(action.type, attributes, { toxicity: action.toxicity, draw: 0.5 });
      line.remove(action.do === 'add' ? action.type : '');
      if (action.do === 'add') line.add(made);
      else line.update(made);
    }
  }
  line.isBlocked = false;
  return said;
}

const reasonable = fc.oneof(fc.nat(40), fc.constantFrom(0, 1, 1000));
const absurd = fc.oneof(
  reasonable, fc.integer(),
  fc.constantFrom(-1, -1e308, 1e308, 2 ** 31, 2 ** 53, -(2 ** 53), Number.MAX_SAFE_INTEGER, Infinity, -Infinity, NaN, 0.5),
);

test('whatever comes and goes: every byte said is heard, once and in order, and then the end', () => {
  const harmless = TYPES.filter((type) => !LOSSY.has(type));
  fc.assert(
    fc.property(actions(harmless, reasonable), fc.nat(), (list, seed) => {
      const line = new Line([], { seed });
      const said = play(line, list);
      expect(said.startsWith(line.text)).toBe(true);
      line.end();
      for (const type of harmless) line.remove(type);
      expect(line.text === said).toBe(true);
      expect(line.heard.filter((one) => one.endsWith('end'))).toHaveLength(1);
      expect([line.pipeline.heldBytes, line.pipeline.discardedBytes]).toEqual([0, 0]);
    }),
    { numRuns: 150 },
  );
});

test('without being removed, all that the harmless ones hold is heard in time', () => {
  const timed = ['latency', 'slicer', 'slow_close', 'noop'];
  fc.assert(
    fc.property(actions(timed, reasonable), fc.nat(), (list, seed) => {
      const line = new Line([], { seed });
      const said = play(line, list);
      line.run().end().step(1e7);
      expect(line.text === said).toBe(true);
      expect(line.heard.at(-1)).toMatch(/: end$/);
    }),
    { numRuns: 60 },
  );
});

test('whatever the values are: nothing throws, no byte is altered, and each is heard, held or counted as lost', () => {
  fc.assert(
    fc.property(actions(TYPES, absurd), fc.nat(), (list, seed) => {
      const line = new Line([], { seed });
      const said = play(line, list);
      line.run();
      const { heldBytes, discardedBytes } = line.pipeline;
      expect(line.text.length + heldBytes + discardedBytes).toBe(said.length);
      expect(Number.isNaN(line.pipeline.wakeAtMs(line.nowMs))).toBe(false);
      expect(heldBytes).toBeLessThan(17 * 1024 * 1024);
      expect(line.heard.filter((one) => /: end( \(|$)/.test(one)).length).toBeLessThanOrEqual(1);
      line.pipeline.drop();
      expect(line.pipeline.heldBytes).toBe(0);
      expect(line.text.length + line.pipeline.discardedBytes).toBe(said.length);
    }),
    { numRuns: 200 },
  );
});
