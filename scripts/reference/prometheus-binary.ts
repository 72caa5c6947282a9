/**
 * Where the real Prometheus and promtool come from that rules and dashboards are tested with, and that the stand-in
 * image holds. A build of the module alone has the HTTP API and no web interface: its assets are no part of it.
 *
 * What is built and how: https://github.com/prometheus/prometheus/blob/main/.promu.yml
 */
import { findGoProgram, type FoundProgram, type GoProgram, type Platform } from './go-program.ts';

/** The release that docker-compose.yml names. */
export const PROMETHEUS_VERSION = '3.9.1';

const PROMETHEUS: GoProgram = {
  title: 'Prometheus',
  name: 'prometheus',
  version: PROMETHEUS_VERSION,
  module: 'github.com/prometheus/prometheus',
  // The module's numbers are those of the library: 0.309.1 is 3.9.1.
  moduleVersion: 'v0.309.1',
  programs: { prometheus: 'cmd/prometheus', promtool: 'cmd/promtool' },
  tags: 'netgo',
  linkerFlags: `-X github.com/prometheus/common/version.Version=${PROMETHEUS_VERSION}`,
  versionFlag: '--version',
  takes: '5 minutes',
};

/** The server's program, that of `AZIMUTH_PROMETHEUS` if it is set; see {@link findGoProgram}. */
export function findPrometheus(say: (text: string) => void, environment: NodeJS.ProcessEnv = process.env, platform?: Platform): Promise<FoundProgram> {
  return findGoProgram(PROMETHEUS, 'prometheus', 'AZIMUTH_PROMETHEUS', say, environment, platform);
}

/** The tool that checks and tests rules, that of `AZIMUTH_PROMTOOL` if it is set; see {@link findGoProgram}. */
export function findPromtool(say: (text: string) => void, environment: NodeJS.ProcessEnv = process.env, platform?: Platform): Promise<FoundProgram> {
  return findGoProgram(PROMETHEUS, 'promtool', 'AZIMUTH_PROMTOOL', say, environment, platform);
}
