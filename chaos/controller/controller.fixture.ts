/** A controller in front of an injector that a test brings, on a port of this machine, with its runs in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Region } from '#contracts/region.ts';
import type { RegionEvent } from '#contracts/runs.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { freePort } from '#kit/free-port.ts';
import type { HttpServer } from '#kit/http-server.ts';
import { createLogger } from '#kit/log.ts';
import { createRegionApi, lookAtHeld, tellVerdict } from '../experiments/region-api.ts';
import { JournalFile } from '../journal/journal-file.ts';
import { createController } from './app.ts';
import { EventLog } from './event-log.ts';
import { RegionWatch } from './region-watch.ts';
import { ReportStore } from './report-store.ts';
import { RUN_JOURNAL, type RunJournalState, type RunLine } from './run-journal.ts';
import { RunKeeper } from './run-keeper.ts';

/** Eight ovens per AZ: rated 75/s by the model, designed peak 150/s. */
export const REGION: Region = {
  schema: 'azimuth.region/1', region: 'fake', body: 'embedded', links: [],
  endpoints: ['az1', 'az2', 'az3'].map((az) => ({
    name: `${az}-kitchen-a`, role: 'service', az: az as 'az1', dc: `${az}-dc1`, service: 'kitchen', scope: 'zonal', address: null, admin: null, program: null, networks: [], environment: { KITCHEN_OVENS: '8' },
  })),
};

/** A probe of some seconds. */
const PROBE_ORDERS = 100;

let started = 0;

export class TestController {
  readonly folder: string;
  running!: RunningRegion;
  app!: HttpServer;
  keeper!: RunKeeper;
  journal!: JournalFile<RunLine, RunJournalState>;
  readonly #injector: URL;

  private constructor(injectorUrl: string, folder: string) {
    this.#injector = new URL(injectorUrl);
    this.folder = folder;
  }

  /** @param folder that of an earlier one, which is ended by then */
  static async start(injectorUrl: string, folder = mkdtempSync(join(tmpdir(), 'azimuth-controller-'))): Promise<TestController> {
    const controller = new TestController(injectorUrl, folder);
    await controller.#start();
    return controller;
  }

  /** @param keepFolder for the next one */
  async stop({ keepFolder = false } = {}): Promise<void> {
    await this.keeper.close();
    await this.journal.close();
    this.app.server.closeAllConnections();
    await this.app.close();
    if (!keepFolder) rmSync(this.folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    started += 1;
    const mark = `test${started}`;
    const injector = { region: 'fake', api: this.#injector.origin };
    const events = new EventLog<RegionEvent>(mark, 200);
    const onEvent = (event: RegionEvent): void => events.append(event);
    const reports = new ReportStore(join(this.folder, 'reports'));
    this.journal = await JournalFile.open(join(this.folder, 'runs.jsonl'), RUN_JOURNAL);
    this.keeper = await RunKeeper.open({ api: createRegionApi(injector), tellVerdict: (report) => tellVerdict(injector, report), region: REGION, journal: this.journal, reports, mark, onEvent, probeOrders: PROBE_ORDERS });
    const port = await freePort();
    this.app = createController({
      port, log: createLogger('controller', 'silent'), injector: { host: this.#injector.hostname, port: Number(this.#injector.port) }, reports, version: '0.0.0',
      keeper: this.keeper, events, watch: new RegionWatch(() => lookAtHeld(injector), onEvent),
    });
    await this.app.listen({ host: '127.0.0.1', port });
    this.running = { schema: 'azimuth.running/1', region: 'fake', body: 'embedded', pid: null, startedMs: 0, api: `http://127.0.0.1:${port}`, urls: {} };
  }
}
