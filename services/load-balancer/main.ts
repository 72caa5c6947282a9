/** Starts the front door or the load balancer of an AZ, as the region's description says. */
import type { Endpoint, NetworkAddress } from '#contracts/region.ts';
import { createAdminServer } from '#kit/admin-server.ts';
import { measureBalancers } from '#kit/balanced-client/measure-balancers.ts';
import { createHealth } from '#kit/health.ts';
import { readProgram, requireAddress } from '#kit/instance.ts';
import { drainServers, listen, runProgram } from '#kit/lifecycle.ts';
import { createMetrics } from '#kit/metrics.ts';
import { watchRegion } from '#kit/region-file.ts';
import { ServiceFaults } from '#kit/service-faults.ts';
import { createLoadBalancer } from './app.ts';
import { LoadBalancerConfigSchema } from './config.ts';
import { readyDetail } from './ready-detail.ts';
import { TrafficMeter } from './traffic-meter.ts';
import { createUpstreams } from './upstreams.ts';

/** Patience of customers that state none; inside the region every hop states what is left. */
const CUSTOMER_BUDGET_MS = 1000;

await runProgram(async () => {
  const { config, instance, log } = readProgram(LoadBalancerConfigSchema);
  const metrics = createMetrics(instance.version);
  const isFrontDoor = instance.endpoint.role === 'front-door';
  const upstreams = createUpstreams(instance, config.LOAD_BALANCER_DEFAULT_SERVICE, config.AZIMUTH_RESCUE === 'on', (event) =>
    log.info(event, event.type),
  );
  measureBalancers(metrics, upstreams.all);
  const health = createHealth(instance, { firstAttempts: () => upstreams.client.firstAttempts() });
  // The front door is not ours to break.
  const faults = isFrontDoor ? null : new ServiceFaults();
  const balancer = createLoadBalancer({
    instance: instance.id,
    az: instance.endpoint.az,
    rules: {
      trustForwarded: !isFrontDoor,
      defaultBudgetMs: isFrontDoor ? CUSTOMER_BUDGET_MS : null,
      bodyBytesMax: config.LOAD_BALANCER_BODY_BYTES_MAX,
    },
    client: upstreams.client,
    byService: upstreams.byService,
    healthPath: '/healthz',
    health,
    meter: new TrafficMeter(metrics),
    faults,
  });
  const admin = createAdminServer({
    log, metrics, health, ready: () => readyDetail(upstreams.all, health), balancers: upstreams.all, ...(faults === null ? {} : { faults }),
  });
  watchRegion(instance.regionFile, upstreams.follow, (error) => log.warn({ reason: error.message }, 'region.ignored'));
  await listen(admin, requireAddress(instance, 'admin'));
  await Promise.all(Object.values(upstreams.all).map((client) => client.ready()));
  await listen(balancer, everywhere(requireAddress(instance, 'address'), instance.endpoint));
  log.info({ address: instance.endpoint.address }, 'program.started');
  return {
    drain: async () => {
      await drainServers(health, config.DRAIN_GRACE_MS, [balancer, admin]);
      await Promise.all(Object.values(upstreams.all).map((client) => client.close()));
    },
  };
});

/** Docker publishes a port from a network with a way out, which is never the one on which the region knows the front door. */
function everywhere(address: NetworkAddress, { networks }: Endpoint): NetworkAddress {
  return networks.length > 1 ? { ...address, host: '0.0.0.0' } : address;
}
