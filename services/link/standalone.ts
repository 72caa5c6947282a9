/**
 * `./azimuth toxiproxy`: the Toxiproxy-compatible server alone, with the flags of the reference, to stand
 * in for its binary. A configuration that cannot be used is logged and the server starts all the same, as
 * the reference does: whoever populates it by its API is not kept out by a file.
 */
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { printResult } from '#kit/command-line.ts';
import { GoFlagsCommand } from './go-flags.ts';

interface StandaloneOptions {
  host: string;
  port: number;
  config?: string;
  seed?: number;
  proxyMetrics?: true;
  runtimeMetrics?: true;
  fullClose?: true;
  version?: true;
}

export function toxiproxyCommand(): Command {
  return new GoFlagsCommand('toxiproxy')
    .summary('run the Toxiproxy-compatible server alone')
    .description(
      'A TCP proxy for tests whose faults (toxics) are set over HTTP while it runs. Every client of Toxiproxy 2.x works with it.\n' +
        'Flags may have one dash or two. Log lines are JSON on standard error, from LOG_LEVEL on (info).',
    )
    .option('--host <host>', 'address of the API', 'localhost')
    .option('--port <port>', 'port of the API; 0 for a free one', wholeNumber(65_535), 8474)
    .option('--config <file>', 'JSON array of proxies to start with, as /populate takes it')
    .option('--seed <n>', 'who is hit by a toxicity below 1, and how much jitter, repeats with it (default: random, logged)', readSeed)
    .option('--proxy-metrics', 'show at /metrics what the proxies carry')
    .option('--runtime-metrics', 'show at /metrics what the process uses')
    .option('--full-close', 'close both directions of a connection when one ends, as the Go server does (default: pass the end on)')
    .option('--version', 'print the version')
    .action(run);
}

async function run(options: StandaloneOptions): Promise<void> {
  // Loaded here, so that "--help" does not pay for it.
  const [{ createServerLog }, { packageVersion, startServer }, { COMPATIBLE_VERSION, readList }] = await Promise.all([
    import('./server-log.ts'),
    import('./server.ts'),
    import('./api.ts'),
  ]);
  if (options.version === true) return printResult(`toxiproxy-server version ${COMPATIBLE_VERSION} (azimuth ${packageVersion()})`);
  const log = createServerLog();
  const { config } = options;
  const server = await startServer({
    // Go prefers IPv4 for the name, Node what the resolver says first.
    host: options.host === 'localhost' ? '127.0.0.1' : options.host,
    port: options.port,
    log,
    seed: options.seed ?? null,
    fullClose: options.fullClose === true,
    proxyMetrics: options.proxyMetrics === true,
    runtimeMetrics: options.runtimeMetrics === true,
    beforeOpen: async (proxies) => {
      if (config === undefined) return;
      try {
        const { proxies: placed, error } = await proxies.populate(readList(await readFile(config, 'utf8')));
        log.info({ config, proxies: placed.length }, 'config.populated');
        if (error !== null) throw error;
      } catch (error) {
        log.error({ config, reason: (error as Error).message }, 'config.failed');
      }
    },
  });
  printResult(`toxiproxy: ${server.url}`);
  await new Promise<void>((resolve, reject) => {
    const leave = (): void => void server.close().then(resolve, reject);
    process.once('SIGINT', leave);
    process.once('SIGTERM', leave);
  });
  log.info('server.stopped');
}

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,15}$/.test(text) || Number(text) > max) throw new InvalidArgumentError(`It must be a whole number from 0 to ${max}.`);
    return Number(text);
  };
}

/** The reference takes 64 bits, and scripts give it the time in nanoseconds; 32 of them count here. */
function readSeed(text: string): number {
  if (!/^-?\d{1,19}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(BigInt.asUintN(32, BigInt(text)));
}
