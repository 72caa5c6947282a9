/**
 * `bandwidth`: one connection gets `rate` KB/s (1 KB = 1,000 bytes) in its direction. A piece worth more than 100 ms
 * goes on in slices, one each 100 ms, and what a timer was late is not waited for again. A rate of 0 or less
 * lets nothing pass until it is changed or removed (the reference dies of a negative one).
 */
import { SerialStage, type Step } from '../serial-stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

const SLICE_MS = 100;
/** A later start than this after the last piece is a pause of the sender, not a late timer. */
const LATE_TIMER_MS = 20;

export const bandwidth: ToxicKind = {
  type: 'bandwidth',
  attributes: ['rate'],
  start: ({ rate = 0 }) => {
    let bytesPerMs = rate;
    let freeAtMs = -Infinity;
    return new SerialStage({
      configure: (attributes) => {
        bytesPerMs = attributes['rate'] ?? 0;
        freeAtMs = -Infinity;
      },
      plan: (flow, nowMs) => {
        if (flow.type === 'end') return [{ atMs: nowMs, outputs: [flow] }];
        if (bytesPerMs <= 0) return [{ atMs: Infinity, outputs: [flow] }];
        const { bytes, arrivedMs } = flow.chunk;
        let atMs = freeAtMs > nowMs - LATE_TIMER_MS ? freeAtMs : nowMs;
        const steps: Step[] = [];
        const sliceBytes = bytesPerMs * SLICE_MS;
        for (let from = 0; from < bytes.length; from += sliceBytes) {
          const slice = bytes.subarray(from, from + sliceBytes);
          atMs += slice.length / bytesPerMs;
          steps.push({ atMs, outputs: [{ type: 'data', chunk: { bytes: slice, arrivedMs } }] });
        }
        freeAtMs = atMs;
        return steps;
      },
    });
  },
};
