import { describe, expect, it } from 'vitest';
import type { FaultDetail, FaultRequest } from '#contracts/faults.ts';
import { detailOf } from './fault-detail.ts';

describe('what a verb takes beside its target', () => {
  it.each<[what: string, request: FaultRequest, detail: FaultDetail]>([
    ['is nothing for kill', { verb: 'kill', target: 'az1', leaseMs: 1000, reason: 'x' }, {}],
    ['is silence for kill, when it was asked for', { verb: 'kill', target: 'az1', silent: true }, { silent: true }],
    ['is silence for isolate, when it was asked for', { verb: 'isolate', target: 'az1', silent: true }, { silent: true }],
    ['is nothing for a kill that is not silent', { verb: 'kill', target: 'az1', silent: false }, {}],
    ['is a latency for slow', { verb: 'slow', target: 'az1', latencyMs: 400 }, { latencyMs: 400 }],
    ['is a jitter up to the latency', { verb: 'slow', target: 'az1', latencyMs: 400, jitterMs: 400 }, { latencyMs: 400, jitterMs: 400 }],
    ['is nothing for isolate', { verb: 'isolate', target: 'az1' }, {}],
    ['is the other AZ for cut', { verb: 'cut', target: 'az1', peer: 'az2' }, { peer: 'az2' }],
    ['says only what a cut is', { verb: 'cut', target: 'az1', peer: 'az2', oneWay: true, refuse: false }, { peer: 'az2', oneWay: true }],
    ['has a default share for flaky', { verb: 'flaky', target: 'az1' }, { share: 0.3 }],
    ['is the share that was given', { verb: 'flaky', target: 'az1', share: 1 }, { share: 1 }],
    ['is a rate for fail, and a default status', { verb: 'fail', target: 'az1', rate: 0.5, afterWork: false }, { rate: 0.5, status: 503 }],
    ['is status, moment and service for fail, when they were asked for', { verb: 'fail', target: 'az1', rate: 1, status: 500, afterWork: true, service: 'kitchen' }, { rate: 1, status: 500, afterWork: true, service: 'kitchen' }],
    ['is a delay for lag', { verb: 'lag', target: 'az1-dc1', latencyMs: 200, jitterMs: 50, service: 'kitchen' }, { latencyMs: 200, jitterMs: 50, service: 'kitchen' }],
    ['is what health says for lie', { verb: 'lie', target: 'az1', health: 'ill' }, { health: 'ill' }],
  ])('%s', (_what, request, detail) => {
    expect(detailOf(request)).toEqual(detail);
  });

  it.each<[what: string, request: FaultRequest, why: string]>([
    ['a kill with a latency', { verb: 'kill', target: 'az1', latencyMs: 400 }, 'kill takes no latencyMs; it takes silent'],
    ['a silent freeze', { verb: 'freeze', target: 'az1', silent: true }, 'freeze takes no silent; it takes nothing beside its target'],
    ['a silent cut', { verb: 'cut', target: 'az1', peer: 'az2', silent: true }, 'cut takes no silent'],
    ['a shift with a peer', { verb: 'shift', target: 'az1', peer: 'az2' }, 'shift takes no peer'],
    ['an isolation that is one-way', { verb: 'isolate', target: 'az1', oneWay: false }, 'isolate takes no oneWay'],
    ['a slow one with a peer and a share', { verb: 'slow', target: 'az1', latencyMs: 1, peer: 'az2', share: 1 }, 'slow takes no peer, share; it takes latencyMs, jitterMs'],
    ['a flaky one with a jitter', { verb: 'flaky', target: 'az1', jitterMs: 1 }, 'flaky takes no jitterMs; it takes share'],
    ['a failing one without a rate', { verb: 'fail', target: 'az1' }, 'fail needs rate'],
    ['a failing one with a share', { verb: 'fail', target: 'az1', rate: 1, share: 1 }, 'fail takes no share; it takes rate, status, afterWork, service'],
    ['a lagging one without latency', { verb: 'lag', target: 'az1' }, 'lag needs latencyMs'],
    ['a jitter above the lag', { verb: 'lag', target: 'az1', latencyMs: 5, jitterMs: 6 }, 'no delay is negative'],
    ['a lie about nothing', { verb: 'lie', target: 'az1' }, 'lie needs health'],
    ['a lie of one service', { verb: 'lie', target: 'az1', health: 'ill', service: 'kitchen' }, 'lie takes no service; it takes health'],
    ['a slow one without latency', { verb: 'slow', target: 'az1' }, 'slow needs latencyMs'],
    ['a jitter above the latency', { verb: 'slow', target: 'az1', latencyMs: 5, jitterMs: 6 }, 'no delay is negative'],
    ['a cut without a peer', { verb: 'cut', target: 'az1' }, 'cut needs peer'],
    ['a cut from itself', { verb: 'cut', target: 'az2', peer: 'az2' }, 'two different AZs, not az2 twice'],
  ])('refuses %s', (_what, request, why) => {
    expect(() => detailOf(request)).toThrow(expect.objectContaining({ code: 'AZ_BAD_REQUEST', message: expect.stringContaining(why) as string }));
  });
});
