/**
 * `reset_peer`: the first data or end of stream in its direction dooms the connection: `timeout` ms later it is
 * reset on both sides and the data is lost. A connection on which nothing is said stays. The wait can be
 * interrupted: removed in time, the toxic lets everything go on (the reference cannot stop any more).
 */
import { SerialStage } from '../serial-stage.ts';
import { sizeOf, type ToxicKind } from '../toxic-kind.ts';

export const resetPeer: ToxicKind = {
  type: 'reset_peer',
  attributes: ['timeout'],
  start: ({ timeout = 0 }) => {
    let waitMs = timeout;
    return new SerialStage({
      replans: true,
      configure: (attributes) => {
        waitMs = attributes['timeout'] ?? 0;
      },
      plan: (flow, nowMs) => [
        { atMs: nowMs + waitMs, outputs: [{ type: 'discard', bytes: sizeOf(flow) }, { type: 'close', cause: 'reset' }] },
      ],
      interrupted: (flow) => [flow],
    });
  },
};
