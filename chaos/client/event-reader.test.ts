import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventReader, OverlongEvent, type ReadEvent } from './event-reader.ts';

const TEXT = 'retry: 1000\n\nid: a-1\nevent: phase.started\ndata: {"phase":"warm"}\n\n: still here\n\nevent: figures\ndata: {"n":1}\n\nid: a-2\ndata: one\ndata: two\n\nid: a-3\nevent: cut.off\ndata: {"';
const EVENTS: ReadEvent[] = [
  { id: 'a-1', type: 'phase.started', data: '{"phase":"warm"}' },
  { id: 'a-1', type: 'figures', data: '{"n":1}' },
  { id: 'a-2', type: 'message', data: 'one\ntwo' },
];

test('reads events, keeps the last id, passes over comments, and gives none that was cut off', () => {
  expect(new EventReader().read(TEXT)).toEqual(EVENTS);
});

test('reads line ends of another system', () => {
  expect(new EventReader().read(TEXT.replaceAll('\n', '\r\n'))).toEqual(EVENTS);
});

test.each([['a line', 'x'], ['data', 'data: x\n']])('refuses %s without an end, and takes many events that have one', (_what, piece) => {
  const reader = new EventReader();
  const many = piece.repeat(100_000);
  expect(() => {
    for (let read = 0; read < 100; read += 1) reader.read(many);
  }).toThrow(OverlongEvent);
  const other = new EventReader();
  for (let read = 0; read < 100; read += 1) expect(other.read('data: x\n\n'.repeat(10_000))).toHaveLength(10_000);
});

test('reads the same however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(TEXT.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((one, other) => one - other), TEXT.length];
      const reader = new EventReader();
      expect(at.slice(1).flatMap((end, index) => reader.read(TEXT.slice(at[index], end)))).toEqual(EVENTS);
    }),
  );
});
