/** Starts the link of an AZ: its ways as the region's description says, then its API, so that who hears the API finds the ways open. */
import { randomInt } from 'node:crypto';
import type { Link, Region } from '#contracts/region.ts';
import { ConfigError } from '#kit/config.ts';
import { readProgram } from '#kit/instance.ts';
import { listen, runProgram } from '#kit/lifecycle.ts';
import { createMetrics } from '#kit/metrics.ts';
import { watchRegion } from '#kit/region-file.ts';
import { createLinkApp } from './app.ts';
import { LinkConfigSchema } from './config.ts';
import { SEEDS } from './draws.ts';
import { measureProxies } from './proxy-metrics.ts';
import { followLink } from './region-ways.ts';

const DRAIN_POLL_MS = 50;

await runProgram(async () => {
  const { config, instance, log } = readProgram(LinkConfigSchema);
  const linkOf = (region: Region): Link | undefined => region.links.find(({ name }) => name === instance.id);
  const link = linkOf(instance.region);
  if (link === undefined) throw new ConfigError(`${instance.regionFile} has no link "${instance.id}"`);
  const seed = config.LINK_SEED ?? randomInt(SEEDS);
  const metrics = createMetrics(instance.version);
  const app = createLinkApp({ version: instance.version, log, seed, fullClose: false, metrics });
  if (app.ledger !== null) measureProxies(metrics, app.ledger, app.proxies);

  const problems = await followLink(app.proxies, null, link);
  if (problems.length > 0) throw new ConfigError(`the link's ways cannot be opened:\n  ${problems.join('\n  ')}`);
  let followed = link;
  let following = Promise.resolve();
  const stopWatching = watchRegion(
    instance.regionFile,
    (region) => {
      following = following.then(async () => {
        const now = linkOf(region);
        if (now === undefined) return log.warn('link.gone');
        for (const reason of await followLink(app.proxies, followed, now)) log.error({ reason }, 'way.failed');
        followed = now;
      });
    },
    (error) => log.warn({ reason: error.message }, 'region.ignored'),
  );
  await listen(app.api, link.api);
  log.info({ api: link.api, seed }, 'program.started');
  return {
    drain: async () => {
      stopWatching();
      const endMs = performance.now() + config.DRAIN_GRACE_MS;
      while (app.proxies.openConnections > 0 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
      await app.close();
    },
  };
});
