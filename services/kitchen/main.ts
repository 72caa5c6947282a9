/** Starts a kitchen of the region. */
import { systemClock } from '#kit/clock.ts';
import { readConfig } from '#kit/config.ts';
import { readInstance, requireAddress } from '#kit/instance.ts';
import { drainServers, listen, runProgram } from '#kit/lifecycle.ts';
import { createLogger } from '#kit/log.ts';
import { createMetrics } from '#kit/metrics.ts';
import { createKitchen } from './app.ts';
import { KitchenConfigSchema } from './config.ts';

await runProgram(async () => {
  const config = readConfig(KitchenConfigSchema);
  const instance = readInstance();
  const log = createLogger(instance.id);
  const { traffic, admin, health } = createKitchen({ config, instance, log, metrics: createMetrics(instance.version), clock: systemClock });
  await listen(admin, requireAddress(instance, 'admin'));
  await listen(traffic, requireAddress(instance, 'address'));
  log.info({ address: instance.endpoint.address }, 'program.started');
  return { drain: () => drainServers(health, config.DRAIN_GRACE_MS, [traffic, admin]) };
});
