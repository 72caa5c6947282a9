import { Command } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { experimentNamed } from '../experiments/documents.ts';
import { addAdjustments, adjusted, adjustmentFlags, type Adjustments } from './adjustments.ts';

const DOCUMENT = experimentNamed('az-cut');
const parsed = (...words: string[]): Adjustments => addAdjustments(new Command('x')).exitOverride().parse(words, { from: 'user' }).opts<Adjustments>();

describe('what a person changes for one run', () => {
  test('is nothing unless it is said', () => {
    expect(adjusted(DOCUMENT, parsed())).toEqual(DOCUMENT);
    expect(adjustmentFlags(parsed())).toBe('');
  });

  test('is taken over into the document, and nothing else of it changes', () => {
    const words = ['--until', 'balanced', '--no-rescue', '--ovens', '6', '--waive', 'headroom'];
    expect(adjusted(DOCUMENT, parsed(...words))).toEqual({
      ...DOCUMENT, settings: { rescue: false, ovens: 6 }, headroom: 'waived', until: 'balanced', phases: { ...DOCUMENT.phases, recoveryMs: 61_000 },
    });
  });

  test('stands in the command that does it again', () => {
    const words = ['--until', 'balanced', '--no-rescue', '--ovens', '6', '--waive', 'headroom'];
    expect(adjustmentFlags(parsed(...words))).toBe(` ${words.join(' ')}`);
  });

  test.each([['--ovens', '0'], ['--ovens', 'many'], ['--waive', 'everything'], ['--until', 'dawn']])('%s %s is refused', (...words) => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => parsed(...words)).toThrow();
    written.mockRestore();
  });
});
