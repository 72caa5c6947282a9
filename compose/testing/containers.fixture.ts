/** The project's containers as the engine tells of them, and the means to stop, to start and to look into them. */
import { run, succeed, type Outcome } from './command.fixture.ts';
import { CHECKOUT, PLACE, REGION } from './place.fixture.ts';

const DOCKER_LIMIT_MS = 60_000;
const COMPOSE_LIMIT_MS = 180_000;

export interface ContainerNetwork {
  /** Empty while it does not run. */
  IPAddress: string;
  /** What it is to have when it runs. */
  IPAMConfig: { IPv4Address?: string } | null;
  Aliases: string[] | null;
}

/** What `docker inspect` says, as far as it is used here. */
export interface Container {
  Id: string;
  Image: string;
  State: { Status: string; Running: boolean; Paused: boolean; Pid: number; StartedAt: string };
  Config: { Image: string; Labels: Record<string, string>; User: string; Healthcheck?: unknown };
  HostConfig: {
    ReadonlyRootfs: boolean;
    CapDrop: string[] | null;
    CapAdd: string[] | null;
    Privileged: boolean;
    SecurityOpt: string[] | null;
    Memory: number;
    PortBindings: Record<string, { HostIp: string; HostPort: string }[]> | null;
  };
  Mounts: { Source: string; Destination: string }[];
  NetworkSettings: { Networks: Record<string, ContainerNetwork> };
}

/** The environment of every command: the caller's, with the tests' region in it. */
export function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { ...process.env, ...PLACE, ...more };
}

/** @throws Error when it ends with anything but 0 */
export function docker(words: readonly string[], limitMs = DOCKER_LIMIT_MS): Promise<Outcome> {
  return succeed(['docker', ...words], { cwd: CHECKOUT, env: environment(), limitMs });
}

/** As typed in the checkout. @throws Error when it ends with anything but 0 */
export function compose(words: readonly string[], limitMs = COMPOSE_LIMIT_MS): Promise<Outcome> {
  return succeed(['docker', 'compose', ...words], { cwd: CHECKOUT, env: environment(), limitMs });
}

/** The same, for a command whose exit code is what is asked about. */
export function tryCompose(words: readonly string[], limitMs = COMPOSE_LIMIT_MS): Promise<Outcome> {
  return run(['docker', 'compose', ...words], { cwd: CHECKOUT, env: environment(), limitMs });
}

/** The project's containers by service, those of `docker compose run` left out; also the stopped ones. */
export async function containers(): Promise<Map<string, Container>> {
  const listed = await docker(['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=com.docker.compose.project=${REGION}`, '--filter', 'label=com.docker.compose.oneoff=False']);
  const ids = listed.stdout.split('\n').filter((id) => id !== '');
  if (ids.length === 0) return new Map();
  const found = JSON.parse((await docker(['inspect', ...ids])).stdout) as Container[];
  return new Map(found.map((container) => [container.Config.Labels['com.docker.compose.service'] ?? '', container]));
}

/** @throws Error when the project has no such container */
export async function container(service: string): Promise<Container> {
  const found = (await containers()).get(service);
  if (found === undefined) throw new Error(`the project has no container of "${service}"`);
  return found;
}

/** Those that carry the AZ's label. */
export async function containersOf(az: string): Promise<Map<string, Container>> {
  return new Map([...(await containers())].filter(([, { Config }]) => Config.Labels['azimuth.az'] === az));
}

/** Container names, for plain `docker kill` and the like. */
export async function idsOf(services: Iterable<string>): Promise<string[]> {
  const found = await containers();
  return [...services].map((service) => found.get(service)?.Id ?? service);
}

/** Addresses and names of its own by network: what a heal must give back as it was. */
export function placeOnNetworks({ Id, NetworkSettings }: Container): Record<string, { address: string; aliases: string[] }> {
  const isOwn = (alias: string): boolean => !Id.startsWith(alias);
  return Object.fromEntries(
    Object.entries(NetworkSettings.Networks)
      .map(([network, { IPAddress, IPAMConfig, Aliases }]) => [network, { address: IPAddress === '' ? (IPAMConfig?.IPv4Address ?? '') : IPAddress, aliases: [...new Set((Aliases ?? []).filter(isOwn))].sort() }] as const)
      .sort(([one], [other]) => one.localeCompare(other)),
  );
}

/** Since 25 a container on internal networks alone has no default route (https://github.com/moby/moby/pull/46603); before, it leads to where everything is dropped. */
export async function engineGivesInternalRoutes(): Promise<boolean> {
  const { stdout } = await docker(['version', '--format', '{{.Server.Version}}']);
  return Number.parseInt(stdout, 10) < 25;
}

/** What the engine did since, in its order: `disconnect azimuth-test_az1 az1-link`, `die az1-link`. Each once: old engines tell of some twice. */
export async function engineEventsSince(wallMs: number): Promise<string[]> {
  const [since, until] = [wallMs, Date.now()].map((ms) => (ms / 1000).toFixed(3));
  const filters = ['--filter', 'event=disconnect', '--filter', 'event=die'];
  const { stdout } = await docker(['events', '--since', since ?? '', '--until', until ?? '', ...filters, '--format', '{{json .}}']);
  const named = new Map([...(await containers())].map(([service, { Id }]) => [Id, service]));
  const events = stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { Action: string; Actor: { ID: string; Attributes: { container?: string; name?: string } } });
  const told = events.flatMap(({ Action, Actor: { ID, Attributes } }) => {
    const service = named.get(Attributes.container ?? ID);
    return service === undefined ? [] : [[Action, ...(Attributes.container === undefined ? [] : [Attributes.name]), service].join(' ')];
  });
  return [...new Set(told)];
}
