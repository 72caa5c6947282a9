/**
 * What one service should do wrong, given the faults that hold now. It has no memory: whatever the order in which faults
 * came and went, the same faults give the same plan, so that healing one of two leaves the other intact.
 */
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { FAIL_STATUS, type FaultDetail, type ServiceVerb } from '#contracts/faults.ts';

export interface ServiceFault {
  id: string;
  verb: ServiceVerb;
  /** Complete for its verb, see `fault-detail.ts`. */
  detail: FaultDetail;
  /** Endpoint names. */
  members: readonly string[];
  /** End of its lease, wall clock: the service ends it then, whether anybody tells it or not. */
  untilMs: number;
}

/** `{}` for one that no fault holds. Of one verb there is at most one fault on a service; see `policy/leases.ts`. */
export function planFor(name: string, faults: readonly ServiceFault[]): ServiceFaultPlan {
  const own = faults.filter(({ members }) => members.includes(name));
  return Object.assign({}, ...own.map(partOf)) as ServiceFaultPlan;
}

function partOf({ verb, detail, untilMs }: ServiceFault): ServiceFaultPlan {
  const { rate = 1, status = FAIL_STATUS, afterWork = false, latencyMs = 0, jitterMs = 0, health = 'ill' } = detail;
  switch (verb) {
    case 'fail':
      return { fail: { rate, status, afterWork, untilMs } };
    case 'lag':
      return { lag: { latencyMs, jitterMs, untilMs } };
    case 'lie':
      return { lie: { health, untilMs } };
  }
}
