/**
 * Looking out of a container. What can be reached is found by trying, from its own network namespace: an
 * inspection would only repeat what the description says.
 */
import { compose, containers, docker } from './containers.fixture.ts';

/** Time enough on one machine; what has no route answers at once, what a filter drops never. */
const CONNECT_MS = 800;

export interface Reach {
  where: string;
  /** `open`, or why not: `ENETUNREACH`, `ECONNREFUSED`, `silence`. */
  got: string;
}

const TRY = `
const { connect } = require('node:net');
const [limit, ...targets] = process.argv.slice(1);
const reach = (where) => new Promise((resolve) => {
  const at = where.lastIndexOf(':');
  const socket = connect(where.startsWith('/') ? { path: where } : { host: where.slice(0, at), port: Number(where.slice(at + 1)) });
  const end = (got) => { socket.destroy(); resolve({ where, got }); };
  socket.once('connect', () => end('open')).once('error', (error) => end(error.code ?? error.message));
  setTimeout(() => end('silence'), Number(limit));
});
Promise.all(targets.map(reach)).then((all) => { console.log(JSON.stringify(all)); process.exit(0); });
`;

const LOOK = `
const { readFileSync, writeFileSync, existsSync } = require('node:fs');
const read = (path) => { try { return readFileSync(path, 'utf8'); } catch (error) { return error.code; } };
const write = (path) => { try { writeFileSync(path, 'x'); return 'written'; } catch (error) { return error.code; } };
const field = (name) => new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm').exec(read('/proc/self/status'))?.[1];
console.log(JSON.stringify({
  uid: process.getuid(), effectiveCapabilities: field('CapEff'), boundingCapabilities: field('CapBnd'), noNewPrivileges: field('NoNewPrivs'),
  root: write('/written-by-a-test'), home: write('/azimuth/written-by-a-test'), socket: existsSync('/var/run/docker.sock') || existsSync('/run/docker.sock'),
}));
`;

const ROUTES = `console.log(require('node:fs').readFileSync('/proc/net/route', 'utf8'))`;

export interface Confinement {
  uid: number;
  effectiveCapabilities: string;
  boundingCapabilities: string;
  noNewPrivileges: string;
  root: string;
  home: string;
  socket: boolean;
}

/** Whose image has Node in it. */
const IS_OURS = /^azimuth(?::|$)/;

/** Tries `host:port`s and socket paths from where the service is. */
export async function tryFrom(service: string, targets: readonly string[]): Promise<Reach[]> {
  return JSON.parse(await node(service, TRY, [String(CONNECT_MS), ...targets])) as Reach[];
}

/** Of {@link tryFrom}, those that could be reached. */
export async function reachedFrom(service: string, targets: readonly string[]): Promise<string[]> {
  return (await tryFrom(service, targets)).filter(({ got }) => got === 'open').map(({ where }) => where);
}

/** The same from a container of the command line, as `docker compose run chaos` makes it. */
export async function tryFromCommandLine(targets: readonly string[]): Promise<Reach[]> {
  const { stdout } = await compose(['run', '--rm', '--no-deps', '-T', '--entrypoint', 'node', 'chaos', '-e', TRY, '--', String(CONNECT_MS), ...targets]);
  return JSON.parse(stdout) as Reach[];
}

/** What the first process of a container of ours may do. */
export async function confinementOf(service: string): Promise<Confinement> {
  return JSON.parse(await node(service, LOOK, [])) as Confinement;
}

/** Destinations of its routes, as the kernel lists them; `0.0.0.0` is the default route. */
export async function routesOf(service: string): Promise<string[]> {
  const table = (await node(service, ROUTES, [])).trim().split('\n').slice(1);
  return table.map((line) => (line.split(/\s+/)[1] ?? '').replace(/(..)(..)(..)(..)/, (_all, ...bytes: string[]) => bytes.slice(0, 4).reverse().map((byte) => Number.parseInt(byte, 16)).join('.')));
}

/** Runs a script where the service is: in its container, or for an image without Node in one beside it on the same networks. */
export async function node(service: string, script: string, words: readonly string[]): Promise<string> {
  const all = await containers();
  const found = all.get(service);
  if (found === undefined) throw new Error(`the project has no container of "${service}"`);
  if (IS_OURS.test(found.Config.Image)) return (await docker(['exec', found.Id, 'node', '-e', script, '--', ...words])).stdout;
  const ours = [...all.values()].map(({ Config }) => Config.Image).find((name) => IS_OURS.test(name));
  if (ours === undefined) throw new Error('the project runs no image of ours');
  return (await docker(['run', '--rm', '--network', `container:${found.Id}`, '--entrypoint', 'node', ours, '-e', script, '--', ...words])).stdout;
}
