/**
 * What the instances say about themselves and each other, gathered for `status`. Each is asked at once and
 * waited for half a second; who says nothing is shown as silent, and never holds up the rest.
 */
import type { TargetsAnswer } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import type { UpstreamOpinion } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint, NetworkAddress } from '#contracts/region.ts';
import { callInstance, type InstanceCall } from './instance-call.ts';
import { isBalancer } from './switches.ts';

const ASK_TIMEOUT_MS = 500;

/** The customers' figures of the last `windowMs`; null when they do not answer. */
export async function askCustomers(endpoints: readonly Endpoint[], windowMs: number): Promise<CustomerSummary | null> {
  const admin = endpoints.find((endpoint) => endpoint.role === 'customers')?.admin ?? null;
  return admin === null ? null : ask<CustomerSummary>(admin, `/summary?windowMs=${windowMs}`);
}

/** Every balancer's opinions; null for one that does not answer. `isUp` spares asking the dead. */
export function askBalancers(endpoints: readonly Endpoint[], isUp: (name: string) => boolean): Promise<RegionStatus['balancers']> {
  return Promise.all(
    endpoints.filter(isBalancer).map(async (endpoint) => {
      return { balancer: endpoint.name, az: endpoint.az, upstreams: isUp(endpoint.name) ? await askBalancer(endpoint) : null };
    }),
  );
}

/** One balancer's opinions; null when it does not answer. */
export async function askBalancer({ admin }: Endpoint): Promise<UpstreamOpinion[] | null> {
  return admin === null ? null : ((await ask<TargetsAnswer>(admin, '/targets'))?.upstreams ?? null);
}

/** An instance's answer, whatever its status. @throws AzimuthError AZ_INSTANCE_SILENT */
export async function askInstance(endpoint: Endpoint, call: InstanceCall): Promise<{ status: number; text: string }> {
  if (endpoint.admin === null) throw new AzimuthError('AZ_UNSUPPORTED', `${endpoint.name} has no admin address`);
  try {
    return await callInstance(endpoint.admin, call);
  } catch (error) {
    throw new AzimuthError('AZ_INSTANCE_SILENT', `${endpoint.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function ask<T>(admin: NetworkAddress, path: string): Promise<T | null> {
  try {
    const { status, text } = await callInstance(admin, { method: 'GET', path, timeoutMs: ASK_TIMEOUT_MS });
    return status === 200 ? (JSON.parse(text) as T) : null;
  } catch {
    return null;
  }
}
