/**
 * `slicer`: cuts each piece near its middle, again and again, until none is larger than `average_size` +
 * `size_variation` bytes, and waits `delay` µs after each. No byte is changed. The values are clamped to what
 * can be done (average at least 1, variation below it); an average of 0 or less, the default, cuts nothing
 * (the reference dies of it).
 */
import { SerialStage, type Step } from '../serial-stage.ts';
import type { Attributes, ToxicKind } from '../toxic-kind.ts';

const US_PER_MS = 1000;

interface Sizes {
  averageBytes: number;
  variationBytes: number;
  delayMs: number;
}

export const slicer: ToxicKind = {
  type: 'slicer',
  attributes: ['average_size', 'size_variation', 'delay'],
  start: (attributes, _nowMs, random) => {
    let sizes = readSizes(attributes);
    return new SerialStage({
      configure: (changed) => {
        sizes = readSizes(changed);
      },
      plan: (flow, nowMs) => {
        if (flow.type === 'end' || sizes.averageBytes <= 0) return [{ atMs: nowMs, outputs: [flow] }];
        const { bytes, arrivedMs } = flow.chunk;
        const steps: Step[] = [];
        let atMs = nowMs;
        for (const piece of slice(bytes, sizes, random)) {
          steps.push({ atMs, outputs: [{ type: 'data', chunk: { bytes: piece, arrivedMs } }] });
          atMs += sizes.delayMs;
        }
        if (sizes.delayMs > 0) steps.push({ atMs, outputs: [] });
        return steps;
      },
    });
  },
};

function readSizes({ average_size: average = 0, size_variation: variation = 0, delay = 0 }: Attributes): Sizes {
  return {
    averageBytes: average,
    variationBytes: Math.min(Math.max(0, variation), Math.max(0, average - 1)),
    delayMs: Math.max(0, delay) / US_PER_MS,
  };
}

function slice(bytes: Buffer, sizes: Sizes, random: () => number): Buffer[] {
  const { averageBytes, variationBytes } = sizes;
  const pieces: Buffer[] = [];
  // A stack in place of recursion: a piece is at most 32 KiB, but nobody has to know that here.
  const left: Buffer[] = [bytes];
  for (let piece = left.pop(); piece !== undefined; piece = left.pop()) {
    if (piece.length <= averageBytes + variationBytes || piece.length < 2) {
      pieces.push(piece);
      continue;
    }
    const shift = variationBytes === 0 ? 0 : Math.floor((2 * random() - 1) * variationBytes);
    const middle = Math.min(piece.length - 1, Math.max(1, Math.floor(piece.length / 2) + shift));
    left.push(piece.subarray(middle), piece.subarray(0, middle));
  }
  return pieces;
}
