/** Starts the customers of a region; they rest until they are told a rate. */
import { systemClock } from '#kit/clock.ts';
import { readProgram, requireAddress } from '#kit/instance.ts';
import { drainServers, listen, runProgram } from '#kit/lifecycle.ts';
import { createMetrics } from '#kit/metrics.ts';
import { watchRegion } from '#kit/region-file.ts';
import { PATIENCE_MS } from '#contracts/records.ts';
import { createCustomers } from './app.ts';
import { CustomersConfigSchema } from './config.ts';
import { RegionShops } from './shops.ts';

await runProgram(async () => {
  const { config, instance, log } = readProgram(CustomersConfigSchema);
  const shops = new RegionShops(instance.region);
  const { admin, health, generator } = createCustomers({ config, instance, log, metrics: createMetrics(instance.version), clock: systemClock, shops });
  const ignored = (error: Error): void => log.warn({ reason: error.message }, 'region.ignored');
  watchRegion(instance.regionFile, (region) => shops.follow(region), ignored);
  await listen(admin, requireAddress(instance, 'admin'));
  log.info({ admin: instance.endpoint.admin }, 'program.started');
  return {
    drain: async () => {
      generator.setTraffic({ ratePerSecond: 0 });
      await drainServers(health, generator.unsettled > 0 ? PATIENCE_MS : 0, [admin]);
      await shops.close();
    },
  };
});
