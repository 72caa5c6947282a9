/**
 * Whether the region that `npm start` would start can have what its description asks for: a description
 * without mistakes, and ports that nobody else has. One that runs already has them by right.
 */
import { join } from 'node:path';
import type { Region } from '#contracts/region.ts';
import { stopText } from '#chaos/embedded/beside-containers.ts';
import { portsOf } from '#chaos/embedded/ports.ts';
import { compileFile } from '#kit/region/compile-file.ts';
import { DEFAULT_REGION, listRegions } from '#kit/find-region.ts';
import { ROOT } from '../tool.ts';
import { note, ok, problem, type Finding } from './finding.ts';
import { examinePorts, type WantedPort } from './ports.ts';

/** The ports that people type, and what moves them. */
const PUBLISHED: Readonly<Record<string, string>> = { 'front-door': 'AZIMUTH_SHOP_PORT', controller: 'AZIMUTH_API_PORT' };

export async function examineRegion(env: NodeJS.ProcessEnv, description = join(ROOT, 'docker-compose.yml')): Promise<Finding[]> {
  const name = env['AZIMUTH_REGION'] || DEFAULT_REGION;
  const running = (await listRegions(env)).regions.find((one) => one.region === name);
  if (running !== undefined) {
    const { pid, urls } = running;
    const [where, stop] = pid === null ? ['in containers', stopText(name)] : [`process ${pid}`, `Ctrl-C where it runs, or: kill ${pid}`];
    return [note('region', `"${name}" is running (${where}; ${Object.values(urls).join(', ')})`, `Stop it with ${stop}`)];
  }
  let region: Region;
  try {
    region = compileFile(description, { body: 'embedded', variables: env });
  } catch (error) {
    return [problem('region', (error as Error).message, 'Mend the description or the variable; nothing can start before.')];
  }
  // Under another name it takes the next free ports by itself.
  if (name !== DEFAULT_REGION) return [ok('region', `"${name}" is described; it will take free ports`)];
  const ports: WantedPort[] = portsOf(region).map(({ port, owner }) => {
    const isPublished = region.endpoints.some((one) => one.name === owner && one.address?.port === port);
    return { port, use: owner, variable: isPublished ? (PUBLISHED[owner] ?? null) : null };
  });
  return [ok('region', `"${name}" is described by ${description}`), ...(await examinePorts([...ports, ...observerPorts(env)]))];
}

/** What only a region in containers publishes. */
function observerPorts(env: NodeJS.ProcessEnv): WantedPort[] {
  return [
    { port: Number(env['AZIMUTH_GRAFANA_PORT'] || 3000), use: 'Grafana', variable: 'AZIMUTH_GRAFANA_PORT', inContainers: true },
    { port: Number(env['AZIMUTH_PROMETHEUS_PORT'] || 9090), use: 'Prometheus', variable: 'AZIMUTH_PROMETHEUS_PORT', inContainers: true },
  ];
}
