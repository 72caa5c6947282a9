import { expect, test } from 'vitest';
import type { LiveFigures } from '#contracts/runs.ts';
import { RunLine } from './run-line.ts';

const FIGURES: LiveFigures = { what: 'kill az1', elapsedS: 0, offered: 300, answered: 300, shares: { az1: 0, az2: 0.5, az3: 0.5 }, run: null };

function shownOn(stream: { isTTY: boolean; columns?: number }, figures: LiveFigures, atMs: readonly number[]): string {
  let text = '';
  const line = new RunLine({ ...stream, write: (part: string) => ((text += part), true) } as unknown as NodeJS.WriteStream);
  for (const nowMs of atMs) line.show({ ...figures, elapsedS: Math.floor(nowMs / 1000) }, nowMs);
  line.end();
  return text;
}

test('a log gets a line when a phase begins and every four seconds', () => {
  expect(shownOn({ isTTY: false }, FIGURES, [0, 1_000, 3_999, 4_000, 5_000]).split('\n').map((line) => line.slice(0, 12))).toEqual(['kill az1 0 s', 'kill az1 4 s', '']);
});

test('a terminal is updated in place, never wider than it is, and left on a line of its own', () => {
  expect(shownOn({ isTTY: true, columns: 31 }, FIGURES, [0, 1_000])).toBe('\r\x1b[2Kkill az1 0 s      │ 300/s offe\r\x1b[2Kkill az1 1 s      │ 300/s offe\n');
});

test('a long name leaves its column and stands apart from what follows', () => {
  expect(shownOn({ isTTY: false }, { ...FIGURES, what: 'isolate az3 silent' }, [12_000])).toMatch(/^isolate az3 silent 12 s │ 300\/s/);
});
