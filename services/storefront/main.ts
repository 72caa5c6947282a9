/** Starts a storefront of the region. */
import type { Region } from '#contracts/region.ts';
import { createBalancedClient } from '#kit/balanced-client.ts';
import { measureBalancers } from '#kit/balanced-client/measure-balancers.ts';
import { readProgram, requireAddress } from '#kit/instance.ts';
import { drainServers, listen, runProgram } from '#kit/lifecycle.ts';
import { createMetrics } from '#kit/metrics.ts';
import { endpointsOfService, targetsOf, type RegionTarget } from '#kit/region/endpoints.ts';
import { watchRegion } from '#kit/region-file.ts';
import { ServiceFaults } from '#kit/service-faults.ts';
import { createStorefront } from './app.ts';
import { StorefrontConfigSchema } from './config.ts';

await runProgram(async () => {
  const { config, instance, log } = readProgram(StorefrontConfigSchema);
  const kitchensOf = (region: Region): RegionTarget[] => targetsOf(region, endpointsOfService(region, 'kitchen'), instance.endpoint.az);
  const kitchen = createBalancedClient({
    upstream: 'kitchen',
    ownZone: instance.endpoint.az,
    targets: kitchensOf(instance.region),
    healthPath: '/healthz',
    checkInstance: true,
    rescue: config.AZIMUTH_RESCUE === 'on',
    onEvent: (event) => log.info(event, event.type),
    balancer: instance.id,
  });
  const metrics = createMetrics(instance.version);
  measureBalancers(metrics, { kitchen });
  const { traffic, admin, health } = createStorefront({ instance, log, metrics, kitchen, faults: new ServiceFaults() });
  watchRegion(
    instance.regionFile,
    (region) => kitchen.setTargets(kitchensOf(region)),
    (error) => log.warn({ reason: error.message }, 'region.ignored'),
  );
  await listen(admin, requireAddress(instance, 'admin'));
  await kitchen.ready();
  await listen(traffic, requireAddress(instance, 'address'));
  log.info({ address: instance.endpoint.address }, 'program.started');
  return {
    drain: async () => {
      await drainServers(health, config.DRAIN_GRACE_MS, [traffic, admin]);
      await kitchen.close();
    },
  };
});
