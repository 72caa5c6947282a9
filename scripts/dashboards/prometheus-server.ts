/** A real Prometheus on a free port of this machine, with the shipped configuration and rules, for as long as somebody needs it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '#kit/free-port.ts';
import { GENERATED } from '../../dashboards/generated-files.ts';
import { ROOT } from '../tool.ts';
import { adaptConfig, hastenRules } from './prometheus-config.ts';
import { PrometheusApi } from './prometheus-api.ts';
import { waitUntil } from './wait-until.ts';

const READY_MS_MAX = 30_000;
const KILL_AFTER_MS = 5_000;

export interface PrometheusServer {
  api: PrometheusApi;
  close(): Promise<void>;
}

interface PrometheusPlaces {
  program: string;
  /** Folder of its own, for configuration and data. */
  folder: string;
  /** Folder in which the region keeps its list of targets. */
  regionFolder: string;
}

/** @throws Error with what it said last, when it does not serve */
export async function startPrometheus({ program, folder, regionFolder }: PrometheusPlaces): Promise<PrometheusServer> {
  const rules = join(folder, 'rules');
  mkdirSync(rules, { recursive: true });
  for (const name of readdirSync(join(ROOT, GENERATED.rules))) writeFileSync(join(rules, name), hastenRules(readFileSync(join(ROOT, GENERATED.rules, name), 'utf8')));
  const config = join(folder, 'prometheus.yml');
  const itself = `127.0.0.1:${await freePort()}`;
  const url = `http://${itself}`;
  writeFileSync(config, adaptConfig(readFileSync(join(ROOT, 'compose/prometheus.yml'), 'utf8'), { region: regionFolder, rules, itself }));
  const child = spawn(program, [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${itself}`, '--log.level=warn'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  child.on('error', (error) => (said += error.message));
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const hasEnded = (): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const close = async (): Promise<void> => {
    process.off('exit', killed);
    if (hasEnded()) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    await ended;
    clearTimeout(force);
  };
  try {
    await waitUntil('Prometheus is ready', READY_MS_MAX, async () => {
      if (hasEnded()) throw new Error('it has ended');
      return (await fetch(`${url}/-/ready`)).ok;
    });
  } catch (error) {
    await close();
    throw new Error(`${(error as Error).message}\n${said.trim()}`, { cause: error });
  }
  return { api: new PrometheusApi(url), close };
}
