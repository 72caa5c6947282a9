/**
 * `./azimuth region`: what the description says, checked and compiled, and the values with which a second
 * region stands beside the first. Starts nothing and needs nothing that runs.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { NetworkAddress, Region } from '#contracts/region.ts';
import { REGION_NAME_PATTERN } from '#contracts/region.ts';
import { CommandFailure, printJson, printResult } from '#kit/command-line.ts';

interface CompileOptions {
  file?: string;
  body: Region['body'];
  portBase?: number;
  json?: true;
}

export function regionCommand(): Command {
  const command = new Command('region').description("the region's description: check it, compile it, place a second region");
  command
    .command('compile')
    .description('compile docker-compose.yml into region.json and print it')
    .option('--file <path>', 'the description (default: docker-compose.yml of this checkout)')
    .addOption(new Option('--body <body>', 'addresses of which body').choices(['embedded', 'compose']).default('embedded'))
    .option('--port-base <port>', 'first port of the embedded body (default: 21000)', readPortBase)
    .option('--json', 'print region.json instead of a table')
    .action(compile);
  command
    .command('env')
    .argument('<name>', 'name of the further region, such as b')
    .description('print the variables of a further region, for docker compose --env-file')
    .addHelpText('after', '\nExample:\n  ./azimuth region env b > .env.b\n  docker compose --env-file .env.b up -d --wait\n  AZIMUTH_API_PORT=<the one of .env.b> ./azimuth status')
    .option('--json', 'print them as JSON')
    .action(env);
  command
    .command('schema')
    .description('print the JSON Schema of region.json')
    .action(async () => {
      const { regionJsonSchema } = await import('#kit/region/serialise.ts');
      printJson(regionJsonSchema());
    });
  // The assembled command line decides the exit code, of subcommands too.
  for (const subcommand of command.commands) subcommand.exitOverride();
  return command;
}

async function compile({ file, body, portBase, json }: CompileOptions): Promise<void> {
  const { compileFile } = await import('#kit/region/compile-file.ts');
  const { ConfigError } = await import('#kit/config.ts');
  let region: Region;
  try {
    region = compileFile(file ?? ownDescription(), { body, variables: process.env, ...(portBase === undefined ? {} : { portBase }) });
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandFailure(error.message, EXIT.USAGE);
    throw error;
  }
  if (json === true) printJson(region);
  else printResult(regionTable(region));
}

async function env(name: string, { json }: { json?: true }): Promise<void> {
  if (!new RegExp(REGION_NAME_PATTERN).test(name)) {
    throw new CommandFailure(`"${name}" is no region name.`, EXIT.USAGE, 'Use a lower-case letter, then up to 30 of a-z, 0-9 and "-".');
  }
  const { placeForRegion } = await import('#kit/region/second-region.ts');
  const place = await placeForRegion(name);
  if (place === null) {
    throw new CommandFailure('This machine has no free subnet or no free ports for another region.', EXIT.ERROR, 'Set AZIMUTH_SUBNET and the ports yourself: AZIMUTH_SHOP_PORT, AZIMUTH_API_PORT, AZIMUTH_GRAFANA_PORT, AZIMUTH_PROMETHEUS_PORT.');
  }
  if (json === true) printJson(place);
  else printResult(Object.entries(place).map(([key, value]) => `${key}=${value}`).join('\n'));
}

function readPortBase(text: string): number {
  const port = Number(text);
  if (/^\d{4,5}$/.test(text) && port >= 1024 && port <= 32_767) return port;
  throw new InvalidArgumentError('It must be a port from 1024 to 32767.');
}

/** As an editor opened in this folder names it. */
function ownDescription(): string {
  return relative(process.cwd(), fileURLToPath(new URL('../../docker-compose.yml', import.meta.url)));
}

/** One line per endpoint, then one per way over a link; columns aligned. */
function regionTable(region: Region): string {
  const where = (address: NetworkAddress | null): string => (address === null ? '-' : `${address.host}:${address.port}`);
  const endpoints = region.endpoints.map((endpoint) => [
    endpoint.name,
    endpoint.service ?? endpoint.role,
    endpoint.dc ?? endpoint.az ?? 'outside',
    where(endpoint.address),
    where(endpoint.admin),
    endpoint.program ?? (region.body === 'embedded' ? 'left out: no program of ours' : 'not ours'),
  ]);
  const ways = region.links.flatMap((link) => [
    [link.name, 'its API', '-', where(link.api), '-'],
    ...link.proxies.map(({ name, from, listen, upstream }) => [link.name, name, from ?? 'outside', where(listen), where(upstream)]),
  ]);
  return [
    `region ${region.region}, ${region.body} body, ${region.endpoints.length} endpoints`,
    '',
    ...aligned([['NAME', 'IS', 'IN', 'TRAFFIC', 'ADMIN', 'PROGRAM'], ...endpoints]),
    ...(ways.length === 0 ? [] : ['', ...aligned([['LINK', 'WAY TO', 'FROM', 'LISTENS', 'LEADS TO'], ...ways])]),
  ].join('\n');
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_title, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}
