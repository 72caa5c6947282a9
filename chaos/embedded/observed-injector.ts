/**
 * The admin address of an embedded region's injector, which is the parent process and no program of its own: the same
 * metrics at the same place as in containers, so that whoever scrapes the region finds what is broken in either body.
 */
import { randomUUID } from 'node:crypto';
import type { Fault } from '#contracts/faults.ts';
import type { Region } from '#contracts/region.ts';
import type { VerdictReport } from '#contracts/verdict-report.ts';
import { createAdminServer } from '#kit/admin-server.ts';
import { createHealth } from '#kit/health.ts';
import { createLogger } from '#kit/log.ts';
import { createMetrics } from '#kit/metrics.ts';
import { InjectorMetrics } from '../injector/injector-metrics.ts';

export interface ObservedInjector {
  onFault(fault: Fault): void;
  onVerdict(report: VerdictReport): boolean;
  /** Does nothing where the description gives the injector no admin port. @throws the system's error when it cannot be opened */
  listen(faults: () => readonly Fault[]): Promise<void>;
  close(): Promise<void>;
}

export function observeInjector({ endpoints }: Region, version: string): ObservedInjector {
  const endpoint = endpoints.find(({ role }) => role === 'injector');
  const name = endpoint?.name ?? 'injector';
  const metrics = createMetrics(version);
  let held: () => readonly Fault[] = () => [];
  const shown = new InjectorMetrics(metrics, () => held());
  const admin = createAdminServer({
    log: createLogger(name), metrics,
    health: createHealth({ id: name, bootId: randomUUID(), version }),
    ready: () => ({ ready: true, checks: {} }),
  });
  return {
    onFault: ({ verb }) => shown.faultMade(verb),
    onVerdict: (report) => shown.verdictFound(report),
    listen: async (faults) => {
      held = faults;
      if (endpoint?.admin != null) await admin.listen(endpoint.admin);
    },
    close: async () => {
      admin.server.closeAllConnections();
      await admin.close();
    },
  };
}
