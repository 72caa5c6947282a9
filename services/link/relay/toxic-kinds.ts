/** The toxics by the name that the API gives them. A new one is a file in `toxics/` and a line here. */
import type { ToxicKind } from './toxic-kind.ts';
import { bandwidth } from './toxics/bandwidth.ts';
import { latency } from './toxics/latency.ts';
import { limitData } from './toxics/limit-data.ts';
import { noop } from './toxics/noop.ts';
import { resetPeer } from './toxics/reset-peer.ts';
import { slicer } from './toxics/slicer.ts';
import { slowClose } from './toxics/slow-close.ts';
import { timeout } from './toxics/timeout.ts';

export type { ToxicKind } from './toxic-kind.ts';

const KINDS: readonly ToxicKind[] = [latency, bandwidth, slowClose, timeout, resetPeer, slicer, limitData, noop];

export const TOXIC_KINDS: Readonly<Record<string, ToxicKind>> = Object.fromEntries(KINDS.map((kind) => [kind.type, kind]));
