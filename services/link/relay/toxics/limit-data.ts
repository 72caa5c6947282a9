/**
 * `limit_data`: lets `bytes` bytes pass since it came to the connection, cuts the piece that crosses the limit, and
 * closes, also when the limit is met exactly. What has passed is remembered when the limit is changed.
 */
import type { Attributes, Flow, Output, Stage, ToxicKind } from '../toxic-kind.ts';

class LimitData implements Stage {
  readonly isFull = false;
  readonly wakeAtMs = Infinity;
  #limitBytes: number;
  #passedBytes = 0;

  constructor({ bytes = 0 }: Attributes) {
    this.#limitBytes = bytes;
  }

  take(flow: Flow): Output[] {
    if (flow.type === 'end') return [flow];
    const { bytes, arrivedMs } = flow.chunk;
    const leftBytes = Math.max(0, this.#limitBytes - this.#passedBytes);
    const passing = bytes.subarray(0, leftBytes);
    this.#passedBytes += passing.length;
    const outputs: Output[] = passing.length === 0 ? [] : [{ type: 'data', chunk: { bytes: passing, arrivedMs } }];
    if (bytes.length < leftBytes) return outputs;
    if (bytes.length > leftBytes) outputs.push({ type: 'discard', bytes: bytes.length - leftBytes });
    outputs.push({ type: 'close', cause: 'limit' });
    return outputs;
  }

  wake(): Output[] {
    return [];
  }

  release(): Output[] {
    return [];
  }

  configure({ bytes = 0 }: Attributes): Output[] {
    this.#limitBytes = bytes;
    return [];
  }
}

export const limitData: ToxicKind = { type: 'limit_data', attributes: ['bytes'], start: (attributes) => new LimitData(attributes) };
