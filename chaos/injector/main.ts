/** Starts the injector of a region in containers: it breaks, heals and watches over what the Docker engine runs. */
import { Type } from 'typebox';
import { createAdminServer } from '#kit/admin-server.ts';
import { ConfigError } from '#kit/config.ts';
import { createHealth } from '#kit/health.ts';
import { readProgram, requireAddress } from '#kit/instance.ts';
import { listen, runProgram } from '#kit/lifecycle.ts';
import { createMetrics } from '#kit/metrics.ts';
import { hostNames } from '../api/host-names.ts';
import { tellTrouble } from '../journal/journal-file.ts';
import { createApi } from './api.ts';
import { DockerDriver } from './drivers/docker/driver.ts';
import { Engine } from './drivers/docker/engine.ts';
import { Injector } from './injector.ts';
import { InjectorMetrics } from './injector-metrics.ts';
import { openJournal } from './journal.ts';
import { openRegion } from './opening.ts';
import { placesToOpen } from './published.ts';

await runProgram(async () => {
  const { config, instance, log } = readProgram(Type.Object({ INJECTOR_JOURNAL: Type.String({ description: 'file in which it writes what it breaks down' }) }));
  const { region, endpoint } = instance;
  const startedMs = Date.now();
  const address = requireAddress(instance, 'address');
  const driver = new DockerDriver(region, new Engine());
  await driver.open().catch((error: Error) => {
    throw new ConfigError(`${error.message}\n  The injector needs the engine's socket: AZIMUTH_DOCKER_SOCKET names it, for a rootless engine $XDG_RUNTIME_DIR/docker.sock.`);
  });
  const metrics = createMetrics(instance.version);
  const journal = await openJournal(config.INJECTOR_JOURNAL);
  tellTrouble(log, journal);
  const published = (name: string, port: number): number | null => driver.publishedPort(name, port);
  const injector: Injector = new Injector({
    region,
    driver,
    journal,
    found: () => ({ pid: null, startedMs, ...placesToOpen(region, published) }),
    onFault: ({ verb }) => shown.faultMade(verb),
  });
  const shown = new InjectorMetrics(metrics, () => injector.faults());
  const health = createHealth(instance);
  const api = createApi(injector, {
    port: address.port,
    log,
    alsoKnownAs: () => hostNames(endpoint, null),
    onVerdict: (report) => shown.verdictFound(report),
  });
  let missing: readonly string[] = ['the region was not looked at yet'];
  const admin = createAdminServer({
    log, metrics, health,
    ready: () => ({ ready: missing.length === 0, checks: { region: { ok: missing.length === 0, detail: missing.join('; ') || 'was opened' } } }),
  });
  await listen(admin, requireAddress(instance, 'admin'));
  await listen(api, address);
  const ended = new AbortController();
  void openRegion({
    region, injector, driver, log,
    signal: ended.signal,
    say: (text) => process.stdout.write(`${text}\n`),
    onMissing: (now) => (missing = now),
  });
  log.info({ address }, 'program.started');
  return {
    // The region goes on as it is: who starts next heals by inspection.
    drain: async () => {
      ended.abort();
      health.drain();
      injector.close();
      await journal.close();
      await driver.close();
      for (const server of [api, admin]) {
        server.server.closeAllConnections();
        await server.close();
      }
    },
  };
});
