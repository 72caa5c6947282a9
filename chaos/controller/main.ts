/** Starts the controller of a region: the API for people, and experiments. It breaks nothing itself: it asks the injector. */
import { join } from 'node:path';
import { Type } from 'typebox';
import type { RegionEvent } from '#contracts/runs.ts';
import { createAdminServer } from '#kit/admin-server.ts';
import { ConfigError } from '#kit/config.ts';
import { createHealth } from '#kit/health.ts';
import { readProgram, requireAddress } from '#kit/instance.ts';
import { listen, runProgram } from '#kit/lifecycle.ts';
import { createMetrics } from '#kit/metrics.ts';
import { hostNames } from '../api/host-names.ts';
import { createRegionApi, lookAtHeld, tellVerdict } from '../experiments/region-api.ts';
import { JournalFile, tellTrouble } from '../journal/journal-file.ts';
import { createController } from './app.ts';
import { EventLog } from './event-log.ts';
import { RegionWatch } from './region-watch.ts';
import { ReportStore } from './report-store.ts';
import { RUN_JOURNAL, type RunJournalState, type RunLine } from './run-journal.ts';
import { RunKeeper } from './run-keeper.ts';

const REGION_EVENTS_KEPT = 1000;

const Config = Type.Object({
  CONTROLLER_FOLDER: Type.String({ description: 'folder in which it keeps its runs and their reports' }),
  CONTROLLER_PUBLISHED_PORT: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, description: 'port of the host that leads to its own' })),
});

await runProgram(async () => {
  const { config, instance, log } = readProgram(Config);
  const { region, endpoint, version, bootId } = instance;
  const address = requireAddress(instance, 'address');
  const injector = region.endpoints.find(({ role }) => role === 'injector')?.address ?? null;
  if (injector === null) throw new ConfigError(`region "${region.region}" has no injector with an address in ${instance.regionFile}`);
  const running = { region: region.region, api: `http://${injector.host}:${injector.port}` };
  const mark = bootId.slice(0, 8);
  const events = new EventLog<RegionEvent>(mark, REGION_EVENTS_KEPT);
  const health = createHealth(instance);
  let opened: JournalFile<RunLine, RunJournalState> | null = null;
  const admin = createAdminServer({
    log, health, metrics: createMetrics(version),
    // Where nothing can be written no run begins; what people ask of the region is passed on all the same.
    ready: () => ({ ready: opened !== null, checks: { journal: { ok: opened?.trouble === null, detail: opened === null ? 'not read yet' : (opened.trouble ?? 'can be written') } } }),
  });
  // First of all: a second controller of this region ends here, before it takes the first one's runs for orphans.
  await listen(admin, requireAddress(instance, 'admin'));
  const journal = await JournalFile.open(join(config.CONTROLLER_FOLDER, 'runs.jsonl'), RUN_JOURNAL);
  opened = journal;
  tellTrouble(log, journal);
  const reports = new ReportStore(join(config.CONTROLLER_FOLDER, 'reports'));
  const keeper = await RunKeeper.open({
    api: createRegionApi(running), tellVerdict: (report) => tellVerdict(running, report),
    region, journal, reports, mark, onEvent: (event) => events.append(event),
  });
  const watch = new RegionWatch(() => lookAtHeld(running), (event) => events.append(event));
  const names = hostNames(endpoint, config.CONTROLLER_PUBLISHED_PORT ?? null);
  const api = createController({ port: address.port, log, alsoKnownAs: () => names, injector, reports, version, keeper, events, watch });
  await listen(api, address);
  log.info({ address, injector }, 'program.started');
  return {
    drain: async () => {
      health.drain();
      await keeper.close();
      await journal.close();
      for (const server of [api, admin]) {
        server.server.closeAllConnections();
        await server.close();
      }
    },
  };
});
