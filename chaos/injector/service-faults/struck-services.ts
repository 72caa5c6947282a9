/**
 * Which programs a fault in services is made in. It guards against the rate that multiplies: a request for an order
 * passes three programs of its AZ, and if each failed half of what it gets, one order in eight would be left. So `fail`
 * and `lag` take one layer of an AZ or a data centre, the service that customers reach first unless another is named.
 * A lie is told by all of them.
 */
import { AzimuthError } from '#contracts/errors.ts';
import type { FaultDetail, ServiceVerb } from '#contracts/faults.ts';
import { DEFAULT_SERVICE, type Endpoint } from '#contracts/region.ts';
import type { Target } from '../targets.ts';

/** The name by which the balancers of AZs are called where a service is named. */
const LOAD_BALANCER = 'load-balancer';

/** Whether it can be told to do wrong: what takes customers' requests inside an AZ, and is a program of ours. */
export function takesFaults({ role, az, admin }: Endpoint): boolean {
  return (role === 'service' || role === 'load-balancer') && az !== null && admin !== null;
}

/** Endpoint names, never none. @throws AzimuthError AZ_REFUSED_TARGET, AZ_BAD_REQUEST, with the reason */
export function requireServices(endpoints: readonly Endpoint[], verb: ServiceVerb, { kind, members }: Target, { service }: FaultDetail): string[] {
  const able = endpoints.filter((endpoint) => members.includes(endpoint.name) && takesFaults(endpoint));
  if (able.length === 0) throw new AzimuthError('AZ_REFUSED_TARGET', `${members.join(', ')} takes no requests of customers; ${verb} is for what does`);
  if (verb === 'lie' || (kind === 'replica' && service === undefined)) return able.map(({ name }) => name);
  const wanted = service ?? DEFAULT_SERVICE;
  const struck = able.filter((endpoint) => calledName(endpoint) === wanted);
  if (struck.length > 0) return struck.map(({ name }) => name);
  const names = [...new Set(able.map(calledName))].join(', ');
  throw new AzimuthError('AZ_BAD_REQUEST', `there is no ${wanted} in it; service may be ${names}`);
}

function calledName({ role, service }: Endpoint): string {
  return role === 'load-balancer' ? LOAD_BALANCER : (service ?? '');
}
