/**
 * Where Docker Compose comes from on a machine whose Docker has none (Debian's has none): upstream's own plugin.
 *
 * What is built and how: https://github.com/docker/compose/blob/main/Dockerfile
 */
import { findGoProgram, type FoundProgram, type GoProgram } from './go-program.ts';

const VERSION = '2.36.2';
const MODULE = 'github.com/docker/compose/v2';

const COMPOSE: GoProgram = {
  title: 'Docker Compose',
  name: 'compose',
  version: VERSION,
  module: MODULE,
  moduleVersion: `v${VERSION}`,
  programs: { 'docker-compose': 'cmd' },
  linkerFlags: `-X ${MODULE}/internal.Version=v${VERSION}`,
  versionFlag: 'version',
  takes: '4 minutes',
};

/** The plugin, by the name under which Docker's client looks for it; see {@link findGoProgram}. */
export function findCompose(say: (text: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<FoundProgram> {
  return findGoProgram(COMPOSE, 'docker-compose', null, say, environment);
}
