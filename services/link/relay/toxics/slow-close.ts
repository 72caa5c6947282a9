/** `slow_close`: data passes, the end of the stream comes `delay` ms late. */
import { SerialStage } from '../serial-stage.ts';
import type { ToxicKind } from '../toxic-kind.ts';

export const slowClose: ToxicKind = {
  type: 'slow_close',
  attributes: ['delay'],
  start: ({ delay = 0 }) => {
    let delayMs = delay;
    return new SerialStage({
      configure: (attributes) => {
        delayMs = attributes['delay'] ?? 0;
      },
      plan: (flow, nowMs) => [{ atMs: flow.type === 'end' ? nowMs + delayMs : nowMs, outputs: [flow] }],
    });
  },
};
