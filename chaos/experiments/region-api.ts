/**
 * The injector's HTTP API as experiments use it, with a bound on every call: what acts may take as long as an
 * AZ needs to start, what only looks must never hold up a run.
 */
import type { BakedAnswer, CountersAnswer, EventsAnswer } from '#contracts/admin.ts';
import type { Fault, FaultRequest, HealAnswer, Lever, ResidueAnswer, SettingsRequest, TrafficRequest } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import type { Region } from '#contracts/region.ts';
import type { VerdictReport } from '#contracts/verdict-report.ts';
import { apiClient } from '#kit/command-line.ts';

const ACT_TIMEOUT_MS = 60_000;
const LOOK_TIMEOUT_MS = 2_500;
/** Two dozen programs are asked for it; no run waits for it. */
const STATUS_TIMEOUT_MS = 15_000;

export interface RecordsPage {
  records: CustomerRecord[];
  /** Older records than these were asked for and are gone. */
  dropped: boolean;
}

/** Every call rejects with CommandFailure when the region refuses it or does not answer in time. */
export interface RegionApi {
  status(): Promise<RegionStatus>;
  region(): Promise<Region>;
  break(request: FaultRequest): Promise<Fault>;
  renew(id: string, leaseMs: number): Promise<Fault>;
  healFault(id: string): Promise<HealAnswer>;
  /** What is not as the description has it, by inspection. */
  residue(): Promise<ResidueAnswer>;
  traffic(request: TrafficRequest): Promise<unknown>;
  settings(request: SettingsRequest): Promise<unknown>;
  /** Records numbered above `after`, in order, at most `limit` of them. */
  records(after: number, limit: number): Promise<RecordsPage>;
  counters(instance: string): Promise<CountersAnswer>;
  events(instance: string, after: number): Promise<EventsAnswer>;
  baked(instance: string, after: number): Promise<BakedAnswer>;
}

/** Tells the region what a run found, for those who watch it in Grafana. Rejects like every other call. */
export function tellVerdict(running: { region: string; api: string }, report: VerdictReport): Promise<unknown> {
  return apiClient(running, LOOK_TIMEOUT_MS).put('/v1/verdicts', report);
}

/** What the injector holds, and whether it would make more. Rejects like every other call. */
export async function lookAtHeld(running: { region: string; api: string }): Promise<{ faults: Fault[]; lever: Lever; atMs: number }> {
  const api = apiClient(running, LOOK_TIMEOUT_MS);
  const [{ faults, atMs }, lever] = await Promise.all([api.get<{ faults: Fault[]; atMs: number }>('/v1/faults'), api.get<Lever>('/v1/lever')]);
  return { faults, lever, atMs };
}

export function createRegionApi(running: { region: string; api: string }): RegionApi {
  const acting = apiClient(running, ACT_TIMEOUT_MS);
  const looking = apiClient(running, LOOK_TIMEOUT_MS);
  const surveying = apiClient(running, STATUS_TIMEOUT_MS);
  return {
    status: () => surveying.get('/v1/status'),
    region: () => looking.get('/v1/region'),
    break: (request) => acting.post('/v1/faults', request),
    renew: (id, leaseMs) => looking.put(`/v1/faults/${id}/lease`, { leaseMs }),
    healFault: (id) => acting.delete(`/v1/faults/${id}`),
    residue: () => surveying.get('/v1/residue'),
    traffic: (request) => acting.put('/v1/traffic', request),
    settings: (request) => acting.put('/v1/settings', request),
    records: async (after, limit) => {
      const response = await looking.fetch('GET', `/v1/customers/records?after=${after}&limit=${limit}`);
      return { records: parseLines(await response.text()), dropped: response.headers.get('x-dropped') === '1' };
    },
    counters: (instance) => looking.get(`/v1/instances/${instance}/counters`),
    events: (instance, after) => looking.get(`/v1/instances/${instance}/events?after=${after}`),
    baked: (instance, after) => looking.get(`/v1/instances/${instance}/baked?after=${after}`),
  };
}

/** Throws SyntaxError on a page that was cut short, so that it is asked for again. */
function parseLines(text: string): CustomerRecord[] {
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as CustomerRecord);
}
