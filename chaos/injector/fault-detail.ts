/**
 * What a fault was asked for beside its verb and target. It guards against the field that is silently
 * ignored: `kill --latency 400` would break something else than its author thinks, so a field that belongs
 * to another verb is refused, and so is one that is missing.
 */
import { AzimuthError } from '#contracts/errors.ts';
import { FLAKY_SHARE, type FaultDetail, type FaultRequest, type FaultVerb } from '#contracts/faults.ts';

type Field = keyof FaultDetail;

const FIELDS: Readonly<Record<FaultVerb, readonly Field[]>> = {
  kill: ['silent'],
  freeze: [],
  shift: [],
  slow: ['latencyMs', 'jitterMs'],
  isolate: ['silent'],
  cut: ['peer', 'oneWay', 'refuse'],
  flaky: ['share'],
};

const ALL_FIELDS = [...new Set(Object.values(FIELDS).flat())];

/** With defaults filled in; empty for verbs that take nothing. @throws AzimuthError AZ_BAD_REQUEST */
export function detailOf(request: FaultRequest): FaultDetail {
  const { verb, target } = request;
  const foreign = ALL_FIELDS.filter((field) => request[field] !== undefined && !FIELDS[verb].includes(field));
  if (foreign.length > 0) refuse(`${verb} takes no ${foreign.join(', ')}; ${takes(verb)}`);
  const { latencyMs, jitterMs, peer, oneWay, refuse: refuses, share, silent } = request;
  if (verb === 'slow') {
    if (latencyMs === undefined) return refuse('slow needs latencyMs, the delay of every request in milliseconds');
    if (jitterMs !== undefined && jitterMs > latencyMs) refuse(`a jitter of ${jitterMs} ms is more than the latency of ${latencyMs} ms: no delay is negative`);
    return { latencyMs, ...(jitterMs === undefined ? {} : { jitterMs }) };
  }
  if (verb === 'cut') {
    if (peer === undefined) return refuse('cut needs peer, the AZ on the other side');
    if (peer === target) refuse(`cut needs two different AZs, not ${target} twice`);
    return { peer, ...(oneWay === true ? { oneWay } : {}), ...(refuses === true ? { refuse: true } : {}) };
  }
  if (verb === 'flaky') return { share: share ?? FLAKY_SHARE };
  return silent === true ? { silent } : {};
}

function takes(verb: FaultVerb): string {
  return FIELDS[verb].length === 0 ? 'it takes nothing beside its target' : `it takes ${FIELDS[verb].join(', ')}`;
}

function refuse(why: string): never {
  throw new AzimuthError('AZ_BAD_REQUEST', why);
}
