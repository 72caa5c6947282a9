/**
 * The subset of Compose that a region's description may use: keys that are read, keys that are passed over
 * because they say how a container runs and not what it is, and everything else, which is refused by name.
 * It guards against a file that Docker obeys and we silently misread (`extends`, `network_mode: host`,
 * `deploy.replicas`): the embedded region and the deployed one would then be two different regions.
 * Reference: Compose specification.
 */
import { isMap, type Node } from 'yaml';
import type { Entry, Text, YamlSource } from './yaml-source.ts';

export interface ServiceDeclaration {
  name: string;
  at: Node;
  labels: Map<string, Text>;
  environment: Map<string, Text>;
  command: Text[];
  /** In place of the image's own; empty without one. */
  entrypoint: Text[];
  /** Where there are any, nothing starts the container but its name. */
  profiles: Text[];
  ports: PublishedPort[];
  networks: NetworkJoin[];
}

export interface NetworkJoin {
  network: string;
  at: Node;
  address: Text | null;
  aliases: Text[];
}

/** A port of a container made reachable on 127.0.0.1. */
interface PublishedPort {
  at: Node;
  published: number;
  container: number;
}

export interface NetworkDeclaration {
  name: string;
  at: Node;
  internal: boolean;
  subnet: Text | null;
}

export interface RegionDeclaration {
  name: Text | null;
  services: ServiceDeclaration[];
  networks: NetworkDeclaration[];
}

const TOP_KEYS = ['name', 'services', 'networks', 'volumes'];
const SERVICE_KEYS = ['labels', 'environment', 'command', 'entrypoint', 'profiles', 'ports', 'networks', 'network_mode'];
/** How a container runs. None of them changes what region.json says. */
const SERVICE_KEYS_PASSED_OVER = [
  'image', 'build', 'pull_policy', 'attach', 'init', 'user', 'group_add', 'read_only', 'tmpfs', 'volumes', 'cap_drop', 'cap_add',
  'security_opt', 'mem_limit', 'memswap_limit', 'mem_reservation', 'cpus', 'cpuset', 'pids_limit', 'ulimits', 'sysctls',
  'oom_score_adj', 'shm_size', 'logging', 'depends_on', 'healthcheck', 'restart', 'stop_signal', 'stop_grace_period',
];
const JOIN_KEYS = ['ipv4_address', 'aliases'];
const NETWORK_KEYS = ['internal', 'ipam'];
const NETWORK_KEYS_PASSED_OVER = ['driver', 'driver_opts'];
const IPAM_KEYS = ['config'];
const IPAM_CONFIG_KEYS = ['subnet'];

/** Compose takes more, but a name is also a host name and a part of file names. */
const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const PORT_MAPPING = /^127\.0\.0\.1:(\d{1,5}):(\d{1,5})$/;

/** Reads the whole file; what is wrong is reported to `source`, and left out of the result. */
export function readDeclaration(source: YamlSource): RegionDeclaration {
  const declaration: RegionDeclaration = { name: null, services: [], networks: [] };
  const top = known(source, source.root, 'the file', TOP_KEYS, [], (key) => key.startsWith('x-'));
  const name = top.get('name');
  const services = top.get('services');
  if (name === undefined) source.report(source.root, 'the file needs "name: ${AZIMUTH_REGION:-azimuth}"');
  else declaration.name = source.text(name.value, 'name', name.at);
  if (services === undefined) source.report(source.root, 'the file needs "services"');
  for (const entry of source.entries(services?.value ?? null, '"services"')) {
    if (NAME.test(entry.key)) declaration.services.push(readService(source, entry));
    else source.report(entry.at, `service name "${entry.key}" must be a lower-case letter, then a-z, 0-9 and "-", at most 63`);
  }
  for (const entry of source.entries(top.get('networks')?.value ?? null, '"networks"')) {
    declaration.networks.push(readNetwork(source, entry));
  }
  return declaration;
}

function readService(source: YamlSource, { key: name, at, value }: Entry): ServiceDeclaration {
  const keys = known(source, value, `service ${name}`, SERVICE_KEYS, SERVICE_KEYS_PASSED_OVER);
  if (source.isEmpty(value)) source.report(at, `service ${name} is empty`);
  const part = (key: string): Node | null => keys.get(key)?.value ?? null;
  const mode = keys.get('network_mode');
  if (mode !== undefined && source.text(mode.value, `network_mode of ${name}`, mode.at)?.text !== 'none') {
    source.report(mode.value ?? mode.at, `network_mode of ${name} can only be none: another one passes every link by`);
  }
  if (mode !== undefined && keys.has('networks')) source.report(mode.at, `${name} has both network_mode and networks; keep one`);
  return {
    name,
    at,
    labels: texts(source, part('labels'), `labels of ${name}`),
    environment: texts(source, part('environment'), `environment of ${name}`),
    command: keys.has('command') ? list(source, part('command'), `command of ${name}`) : [],
    entrypoint: keys.has('entrypoint') ? list(source, part('entrypoint'), `entrypoint of ${name}`) : [],
    profiles: keys.has('profiles') ? list(source, part('profiles'), `profiles of ${name}`) : [],
    ports: keys.has('ports') ? readPorts(source, part('ports'), name) : [],
    networks: source.entries(part('networks'), `networks of ${name}`).map((entry) => readJoin(source, entry, name)),
  };
}

function readJoin(source: YamlSource, { key: network, at, value }: Entry, name: string): NetworkJoin {
  const what = `network ${network} of ${name}`;
  const keys = known(source, source.isEmpty(value) ? null : value, what, JOIN_KEYS);
  const address = keys.get('ipv4_address');
  const aliases = keys.get('aliases');
  return {
    network,
    at,
    address: address === undefined ? null : source.text(address.value, `ipv4_address in ${what}`, address.at),
    aliases: aliases === undefined ? [] : list(source, aliases.value, `aliases in ${what}`),
  };
}

function readPorts(source: YamlSource, node: Node | null, name: string): PublishedPort[] {
  return list(source, node, `ports of ${name}`).flatMap(({ text, at }) => {
    const match = PORT_MAPPING.exec(text);
    const [published, container] = [Number(match?.[1]), Number(match?.[2])];
    if (published >= 1 && published <= 65535 && container >= 1 && container <= 65535) return [{ at, published, container }];
    source.report(at, `port "${text}" of ${name} must be "127.0.0.1:<port>:<container port>": nothing is published beyond this machine`);
    return [];
  });
}

function readNetwork(source: YamlSource, { key: name, at, value }: Entry): NetworkDeclaration {
  const what = `network ${name}`;
  const keys = known(source, source.isEmpty(value) ? null : value, what, NETWORK_KEYS, NETWORK_KEYS_PASSED_OVER);
  const internal = keys.get('internal');
  const ipam = known(source, keys.get('ipam')?.value ?? null, `ipam of ${what}`, IPAM_KEYS).get('config');
  const pools = ipam === undefined ? [] : source.items(ipam.value, `ipam.config of ${what}`);
  if (pools.length > 1) source.report(pools[1] ?? at, `${what} can have one subnet only`);
  const subnet = known(source, pools[0] ?? null, `ipam.config of ${what}`, IPAM_CONFIG_KEYS).get('subnet');
  return {
    name,
    at,
    internal: internal === undefined ? false : source.flag(internal.value, `internal of ${what}`) === true,
    subnet: subnet === undefined ? null : source.text(subnet.value, `subnet of ${what}`, subnet.at),
  };
}

/** A mapping of which only certain keys are allowed; the passed-over ones are left out. */
function known(
  source: YamlSource,
  node: Node | null,
  what: string,
  read: string[],
  passedOver: string[] = [],
  isExtension: (key: string) => boolean = () => false,
): Map<string, Entry> {
  const found = new Map<string, Entry>();
  for (const entry of source.entries(node, what)) {
    if (read.includes(entry.key)) found.set(entry.key, entry);
    else if (!passedOver.includes(entry.key) && !isExtension(entry.key)) {
      const also = passedOver.length > 0 ? `; passed over are ${passedOver.join(', ')}` : '';
      source.report(entry.at, `"${entry.key}" in ${what} is not part of the subset; read are ${read.join(', ')}${also}`);
    }
  }
  return found;
}

function texts(source: YamlSource, node: Node | null, what: string): Map<string, Text> {
  const found = new Map<string, Text>();
  for (const { key, at, value } of source.entries(node, what)) {
    const text = source.text(value, `${key} in ${what}`, at);
    if (text !== null) found.set(key, text);
  }
  return found;
}

function list(source: YamlSource, node: Node | null, what: string): Text[] {
  return source.items(node, what).flatMap((item) => source.text(isMap(item) ? null : item, `an item of ${what}`, item) ?? []);
}
