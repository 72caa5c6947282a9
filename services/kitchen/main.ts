/** Starts a kitchen of the region. */
import { systemClock } from '#kit/clock.ts';
import { readProgram, requireAddress } from '#kit/instance.ts';
import { drainServers, listen, runProgram } from '#kit/lifecycle.ts';
import { createMetrics } from '#kit/metrics.ts';
import { ServiceFaults } from '#kit/service-faults.ts';
import { createKitchen } from './app.ts';
import { KitchenConfigSchema } from './config.ts';

await runProgram(async () => {
  const { config, instance, log } = readProgram(KitchenConfigSchema);
  const { traffic, admin, health } = createKitchen({
    config, instance, log, metrics: createMetrics(instance.version), clock: systemClock, faults: new ServiceFaults(),
  });
  await listen(admin, requireAddress(instance, 'admin'));
  await listen(traffic, requireAddress(instance, 'address'));
  log.info({ address: instance.endpoint.address }, 'program.started');
  return { drain: () => drainServers(health, config.DRAIN_GRACE_MS, [traffic, admin]) };
});
