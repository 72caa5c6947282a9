import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventReader, type ReadEvent } from './event-reader.ts';

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

test('reads the same however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(TEXT.length), { maxLength: 12 }), (cuts) => {
      const at = [0, ...cuts.sort((one, other) => one - other), TEXT.length];
      const reader = new EventReader();
      expect(at.slice(1).flatMap((end, index) => reader.read(TEXT.slice(at[index], end)))).toEqual(EVENTS);
    }),
  );
});
