/**
 * Whether the region that `npm start` would start can have what its description asks for: a description
 * without mistakes, and ports that nobody else has. One that runs already has them by right.
 */
import { join } from 'node:path';
import type { Region } from '#contracts/region.ts';
import { portsOf } from '#chaos/embedded/ports.ts';
import { compileFile } from '#kit/region/compile-file.ts';
import { listRunning } from '#kit/state-folder.ts';
import { ROOT } from '../tool.ts';
import { note, ok, problem, type Finding } from './finding.ts';
import { examinePorts, type WantedPort } from './ports.ts';

const DEFAULT_REGION = 'azimuth';

/** The two ports that people type, and what moves them. */
const PUBLISHED: Readonly<Record<string, string>> = { 'front-door': 'AZIMUTH_SHOP_PORT', injector: 'AZIMUTH_API_PORT' };

export async function examineRegion(env: NodeJS.ProcessEnv, description = join(ROOT, 'docker-compose.yml')): Promise<Finding[]> {
  const name = env['AZIMUTH_REGION'] || DEFAULT_REGION;
  const running = listRunning(env).find((one) => one.region === name);
  if (running !== undefined) {
    return [note('region', `"${name}" is running (process ${running.pid}, ${Object.values(running.urls).join(', ')})`, `Stop it with Ctrl-C where it runs, or: kill ${running.pid}`)];
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
  return [ok('region', `"${name}" is described by ${description}`), ...(await examinePorts(ports))];
}
