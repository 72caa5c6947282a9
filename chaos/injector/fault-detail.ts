/**
 * What a fault was asked for beside its verb and target. It guards against the field that is silently
 * ignored: `kill --latency 400` would break something else than its author thinks, so a field that belongs
 * to another verb is refused, and so is one that is missing.
 */
import { AzimuthError } from '#contracts/errors.ts';
import { FAIL_STATUS, FLAKY_SHARE, type FaultDetail, type FaultRequest, type FaultVerb } from '#contracts/faults.ts';

type Field = keyof FaultDetail;

const FIELDS: Readonly<Record<FaultVerb, readonly Field[]>> = {
  kill: ['silent'],
  freeze: [],
  shift: [],
  slow: ['latencyMs', 'jitterMs'],
  isolate: ['silent'],
  cut: ['peer', 'oneWay', 'refuse'],
  flaky: ['share'],
  fail: ['rate', 'status', 'afterWork', 'service'],
  lag: ['latencyMs', 'jitterMs', 'service'],
  lie: ['health'],
};

const ALL_FIELDS = [...new Set(Object.values(FIELDS).flat())];

/** With defaults filled in; empty for verbs that take nothing. @throws AzimuthError AZ_BAD_REQUEST */
export function detailOf(request: FaultRequest): FaultDetail {
  const { verb, target } = request;
  const foreign = ALL_FIELDS.filter((field) => request[field] !== undefined && !FIELDS[verb].includes(field));
  if (foreign.length > 0) refuse(`${verb} takes no ${foreign.join(', ')}; ${takes(verb)}`);
  const { peer, oneWay, refuse: refuses, share, silent, rate, status, afterWork, service, health } = request;
  const ofService = service === undefined ? {} : { service };
  if (verb === 'slow') return delayOf(request);
  if (verb === 'lag') return { ...delayOf(request), ...ofService };
  if (verb === 'cut') {
    if (peer === undefined) return refuse('cut needs peer, the AZ on the other side');
    if (peer === target) refuse(`cut needs two different AZs, not ${target} twice`);
    return { peer, ...(oneWay === true ? { oneWay } : {}), ...(refuses === true ? { refuse: true } : {}) };
  }
  if (verb === 'flaky') return { share: share ?? FLAKY_SHARE };
  if (verb === 'fail') {
    if (rate === undefined) return refuse('fail needs rate, the share of the requests that fail');
    return { rate, status: status ?? FAIL_STATUS, ...(afterWork === true ? { afterWork } : {}), ...ofService };
  }
  if (verb === 'lie') return health === undefined ? refuse('lie needs health, what it says: well or ill') : { health };
  return silent === true ? { silent } : {};
}

function delayOf({ verb, latencyMs, jitterMs }: FaultRequest): FaultDetail {
  if (latencyMs === undefined) return refuse(`${verb} needs latencyMs, the delay of every request in milliseconds`);
  if (jitterMs !== undefined && jitterMs > latencyMs) refuse(`a jitter of ${jitterMs} ms is more than the latency of ${latencyMs} ms: no delay is negative`);
  return { latencyMs, ...(jitterMs === undefined ? {} : { jitterMs }) };
}

function takes(verb: FaultVerb): string {
  return FIELDS[verb].length === 0 ? 'it takes nothing beside its target' : `it takes ${FIELDS[verb].join(', ')}`;
}

function refuse(why: string): never {
  throw new AzimuthError('AZ_BAD_REQUEST', why);
}
