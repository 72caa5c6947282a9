/**
 * Where the real Toxiproxy comes from: the one that ours is compared with, and the one in the stand-in image.
 *
 * What is built and how: https://github.com/Shopify/toxiproxy/blob/main/.goreleaser.yml
 */
import { findGoProgram, type FoundProgram, type GoProgram, type Platform } from './go-program.ts';

/** The release that Azimuth's server is compatible with. */
export const TOXIPROXY_VERSION = '2.12.0';
const MODULE = 'github.com/Shopify/toxiproxy/v2';

const TOXIPROXY: GoProgram = {
  title: 'Toxiproxy',
  name: 'toxiproxy',
  version: TOXIPROXY_VERSION,
  module: MODULE,
  moduleVersion: `v${TOXIPROXY_VERSION}`,
  programs: { server: 'cmd/server' },
  linkerFlags: `-X ${MODULE}.Version=${TOXIPROXY_VERSION}`,
  versionFlag: '-version',
  takes: '30 s',
};

/** The server's program, that of `AZIMUTH_TOXIPROXY` if it is set; see {@link findGoProgram}. */
export function findToxiproxy(say: (text: string) => void, environment: NodeJS.ProcessEnv = process.env, platform?: Platform): Promise<FoundProgram> {
  return findGoProgram(TOXIPROXY, 'server', 'AZIMUTH_TOXIPROXY', say, environment, platform);
}
