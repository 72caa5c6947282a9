import { describe, expect, it } from 'vitest';
import { compileRegion, type CompileResult } from './compile.ts';
import { problemText } from './problem.ts';
import { edited, SMALL_REGION } from './small-region.fixture.ts';

type Options = Partial<Parameters<typeof compileRegion>[0]>;

function compile(text: string, options: Options = {}): CompileResult {
  return compileRegion({ text, file: 'f.yml', body: 'compose', variables: {}, ...options });
}

function complaints(text: string, options: Options = {}): string[] {
  const result = compile(text, options);
  return 'errors' in result ? result.errors.map(problemText) : [];
}

/** What is put where; the line that the complaint must point to has `#!` in it, or `at`. */
type Wrong = [title: string, before: string, after: string, message: string | RegExp, at?: string];

/** One more container, a key per line. */
function added(name: string, ...keys: string[]): [before: string, after: string] {
  const end = 'networks:\n  az1: {';
  return [end, `  ${name}\n${keys.map((key) => `    ${key}\n`).join('')}${end}`];
}

const DOOR = `command: ["node", "a.ts"]
    labels: { azimuth.role: front-door, azimuth.port: 1, azimuth.admin-port: 2 }
    environment: { AZIMUTH_INSTANCE: back-door }
    networks: { front: { ipv4_address: 10.83.0.11 } }`;
const ON_OBSERVERS = 'networks: { observers: {} }';
const WITH_OBSERVERS = `${SMALL_REGION}  observers: { ipam: { config: [{ subnet: 10.83.5.0/24 }] } }\n`;
const REPLICA = 'azimuth.role: service, azimuth.service: kitchen, azimuth.az: az1, azimuth.port: 1';

const WRONG: Wrong[] = [
  // Labels.
  ['an unknown AZ', 'azimuth.az: az1\n      azimuth.dc', 'azimuth.az: az4 #!\n      azimuth.dc', 'azimuth.az is "az4"; allowed: az1, az2, az3'],
  ['an unknown role', 'role: service', 'role: servce #!', /azimuth\.role is "servce"; allowed: front-door, /],
  ['a missing role', '      azimuth.role: link\n', '', /needs the label azimuth\.role; allowed: /, '  az1-link:'],
  ['an unknown scope', 'scope: zonal', 'scope: global #!', 'azimuth.scope is "global"; allowed: zonal, regional'],
  ['an unknown label', 'azimuth.dc: az1-dc1', 'azimuth.dc: az1-dc1\n      azimuth.rack: r1 #!', /label azimuth\.rack is unknown; there are azimuth\.role, /],
  ['a data centre of another AZ', 'az1-dc1', 'az2-dc1 #!', 'azimuth.dc is "az2-dc1"; allowed: az1-dc1, az1-dc2, …'],
  ['a data centre without a number', 'az1-dc1', 'az1-dc #!', 'azimuth.dc is "az1-dc"; allowed: az1-dc1, az1-dc2, …'],
  ['a load balancer in a data centre', 'azimuth.port: 80\n', 'azimuth.port: 80\n      azimuth.dc: az1-dc1 #!\n', /role load-balancer has no azimuth\.dc: remove it; roles that have one are service/],
  ['a front door in an AZ', 'role: front-door', 'role: front-door\n      azimuth.az: az1 #!', /role front-door has no azimuth\.az: remove it/],
  ['a link without an AZ', 'role: link\n      azimuth.az: az1\n', 'role: link\n', 'role link needs the label azimuth.az; allowed: az1, az2, az3', '  az1-link:'],
  ['a service without its name', '      azimuth.service: kitchen\n', '', /role service needs the label azimuth\.service/, '  az1-kitchen-a:'],
  ['a service name that is no host name', 'azimuth.service: kitchen', 'azimuth.service: Kitchen_1 #!', /azimuth\.service is "Kitchen_1"; allowed: a host name/],
  ['a role without its port', 'role: front-door\n      azimuth.port: 8080\n', 'role: front-door\n', 'role front-door needs the label azimuth.port; allowed: a port from 1 to 65535', '  front-door:'],
  ['a port that is none', 'azimuth.port: 80\n', 'azimuth.port: 80000 #!\n', 'azimuth.port is "80000"; allowed: a port from 1 to 65535'],
  ['a program without an admin port', 'port: 80\n      azimuth.admin-port: 9000\n', 'port: 80\n', /a program of ours needs the label azimuth\.admin-port/, '  az1-load-balancer:'],
  ['an admin port on what is not ours', 'role: link', 'role: link\n      azimuth.admin-port: 8474 #!', /only a program of ours .* has azimuth\.admin-port/],
  ['one port for two things', 'azimuth.port: 80\n      azimuth.admin-port: 9000', 'azimuth.port: 80\n      azimuth.admin-port: 80 #!', 'azimuth.port and azimuth.admin-port are both 80; they must differ'],
  // What runs.
  ['the instance of another container', 'AZIMUTH_INSTANCE: az1-kitchen-a', 'AZIMUTH_INSTANCE: az1-kitchen-b #!', 'AZIMUTH_INSTANCE in its environment must be its own name, az1-kitchen-a'],
  ['a role of ours without a program', 'command: ["node", "services/region/main.ts"]', 'command: ["sh"] #!', /role region needs a command of the form/],
  ['a program outside the checkout', '"services/kitchen/main.ts"', '"../kitchen/main.ts" #!\n    ', /a command of node must be \["node", "<file>\.ts"\]/],
  ['flags for node', 'command: ["node", "services/kitchen/main.ts"]', 'command: ["node", "--inspect", "services/kitchen/main.ts"] #!', /a command of node must be \["node", "<file>\.ts"\]/],
  ['a command as one text', 'command: ["node", "services/kitchen/main.ts"]', 'command: node services/kitchen/main.ts #!', 'command of az1-kitchen-a must be a list ("[a, b]")'],
  ['a region program that is not handed a variable', 'image: azimuth\n', 'image: azimuth:${AZIMUTH_VERSION:-0.1.0}\n', /its environment needs AZIMUTH_VERSION: \$\{/, '  region:'],
  ['an entrypoint before a program of ours', 'image: azimuth\n', 'image: azimuth\n    entrypoint: [sh, -c] #!\n', 'region: role region has no entrypoint: its command says what runs'],
  ['a member that does not start with the region', ...added('az1-kitchen-b:', `labels: { ${REPLICA} }`, 'profiles: [later] #!', 'networks: { az1: { ipv4_address: 10.83.1.32 } }'), 'az1-kitchen-b: role service is always there: only a tool has profiles'],
  // Tools and observers.
  ['a tool without a program of ours', ...added('chaos:', 'labels: { azimuth.role: tool }', 'profiles: [chaos]', 'entrypoint: [node, --version] #!', ON_OBSERVERS), 'chaos: role tool needs an entrypoint of the form ["node", "<file>.ts", …]'],
  ['a tool that starts with the region', ...added('chaos: #!', 'labels: { azimuth.role: tool }', 'entrypoint: [node, chaos.ts]', ON_OBSERVERS), 'chaos: role tool needs "profiles", else it starts with the region'],
  ['a tool with metrics', ...added('chaos:', 'labels: { azimuth.role: tool, azimuth.admin-port: 9000 } #!', 'profiles: [chaos]', 'entrypoint: [node, chaos.ts]', ON_OBSERVERS), 'chaos: role tool ends with its command and has no azimuth.admin-port'],
  ['a tool with a port', ...added('chaos:', 'labels: { azimuth.role: tool, azimuth.port: 9000 } #!', 'profiles: [chaos]', 'entrypoint: [node, chaos.ts]', ON_OBSERVERS), /chaos: role tool has no azimuth\.port: remove it/],
  ['a tool with an address', ...added('chaos:', 'labels: { azimuth.role: tool }', 'profiles: [chaos]', 'entrypoint: [node, chaos.ts]', 'networks: { front: { ipv4_address: 10.83.0.99 } } #!'), 'chaos on network front: a tool has no address of its own: two of them may run at once'],
  ['a tool on another network than the observers\'', ...added('chaos:', 'labels: { azimuth.role: tool }', 'profiles: [chaos]', 'entrypoint: [node, chaos.ts]', 'networks: { front: {} } #!'), 'chaos: role tool may stand on network observers only'],
  ['an observer in an AZ', ...added('watcher:', 'labels: { azimuth.role: observer, azimuth.az: az1 } #!', 'networks: { az1: { ipv4_address: 10.83.1.99 } }'), /watcher: role observer has no azimuth\.az: remove it/],
  ['an observer that nobody finds', ...added('watcher: #!', 'labels: { azimuth.role: observer }', 'networks: { az1: { ipv4_address: 10.83.1.99 } }'), 'watcher: role observer must stand on network observers, where the others find it'],
  ['an observer\'s published port that is not its own', ...added('watcher:', 'labels: { azimuth.role: observer, azimuth.port: 9090 }', 'ports: ["127.0.0.1:9090:9091"] #!', 'networks: { street: { ipv4_address: 10.83.4.99 } }'), 'watcher: container port 9091 is not its azimuth.port (9090)'],
  ['a service that stands on an observer\'s networks', 'az1: { ipv4_address: 10.83.1.31 }', 'az1: { ipv4_address: 10.83.1.31 }\n      street: { ipv4_address: 10.83.4.31 } #!', /a member of az1 may stand on network az1 only: on street it would pass its link by/],
  // Names and membership.
  ['a container declared twice', ...added('az1-link: {} #!'), '"az1-link" stands twice in "services", first on line 27'],
  ['a container with a name that is no host name', '  az1-kitchen-a:\n', '  az1_kitchen: #!\n', /service name "az1_kitchen" must be a lower-case letter/],
  ['a container called like a service', '  az1-link:\n', '  kitchen: #!\n', 'kitchen: no container may be called like the service kitchen: that name means the AZ\'s load balancer'],
  ['a second front door', ...added('back-door: #!', DOOR), 'back-door: role front-door is already held by front-door; there can be one'],
  ['a second link of one AZ', ...added('az1-link-b: #!', 'labels: { azimuth.role: link, azimuth.az: az1 }', 'networks: { az1: { ipv4_address: 10.83.1.102 } }'), 'az1-link-b: role link of az1 is already held by az1-link; there can be one'],
  ['a service of two scopes', ...added('az1-kitchen-b:', `labels: { ${REPLICA}, azimuth.scope: regional } #!`, 'networks: { az1: { ipv4_address: 10.83.1.32 } }'), 'service kitchen is zonal at az1-kitchen-a and regional here'],
  ['a service that its AZ cannot call', '\n        ipv4_address: 10.83.1.10\n        aliases: [kitchen]', ' #!\n        ipv4_address: 10.83.1.10', /needs the alias kitchen, so that http:\/\/kitchen is this balancer inside az1/],
  ['an alias of nothing', 'aliases: [kitchen]', 'aliases: [kitchen, oven] #!', 'alias oven is no azimuth.service; there are kitchen'],
  ['an alias on a replica', 'az1: { ipv4_address: 10.83.1.31 }', 'az1: { ipv4_address: 10.83.1.31, aliases: [cook] } #!', /alias cook: only a load balancer has aliases/],
  ['an alias that is a container', 'aliases: [kitchen]', 'aliases: [kitchen, az1-link] #!', 'alias az1-link is the name of a container'],
  ['a balancer that http:// does not reach', 'azimuth.port: 80\n', 'azimuth.port: 81 #!\n', /azimuth\.port must be 80: http:\/\/kitchen names no other/],
  // Networks.
  ['a duplicate address', '10.83.1.31', '10.83.1.10 #!\n      ', 'az1-kitchen-a on network az1: address 10.83.1.10 is taken by az1-load-balancer on line 46'],
  ['an address of another network', '10.83.1.31', '10.83.0.31 #!\n      ', 'address "10.83.0.31" is not in the network\'s subnet 10.83.1.0/24'],
  ['an address that is none', '10.83.1.31', '10.83.1.310 #!\n      ', 'address "10.83.1.310" is not in the network\'s subnet 10.83.1.0/24'],
  ['the address of the gateway', '10.83.1.31', '10.83.1.1 #!\n      ', 'address 10.83.1.1 is the network\'s own, its gateway\'s or its broadcast address'],
  ['an address that is not pinned', 'az1: { ipv4_address: 10.83.1.31 }', 'az1: #!', /needs "ipv4_address": after a fault/],
  ['an unknown network', 'az1: { ipv4_address: 10.83.1.31 }', 'az1: { ipv4_address: 10.83.1.31 }\n      az7: { ipv4_address: 10.83.7.31 } #!', /there is no such network; there are az1, front, street/],
  ['a replica that passes its link by', 'az1: { ipv4_address: 10.83.1.31 }', 'az1: { ipv4_address: 10.83.1.31 }\n      front: { ipv4_address: 10.83.0.31 } #!', /a member of az1 may stand on network az1 only: on front it would pass its link by/],
  ['a front door inside an AZ', 'front: { ipv4_address: 10.83.0.10 }', 'front: { ipv4_address: 10.83.0.10 }\n      az1: { ipv4_address: 10.83.1.9 } #!', /role front-door stands outside every AZ and may not be on network az1/],
  ['a container that nobody finds', ...added('az2-link: #!', 'labels: { azimuth.role: link, azimuth.az: az2 }'), 'az2-link: role link must stand on network az2, where the others find it'],
  ['a service in an AZ without a balancer', ...added('az2-kitchen-a: #!', `labels: { ${REPLICA.replace('az1', 'az2')} }`, 'networks: { az2: { ipv4_address: 10.83.2.31 } }'), /az2 has no load balancer; add a container/],
  ['an AZ with a way out', 'az1: { internal: true,', 'az1: { #!\n   ', /network az1 needs "internal: true": an AZ has no way out but its link/],
  ['a link with a default route', 'front: { ipv4_address: 10.83.0.101 }', 'street: { ipv4_address: 10.83.4.101 } #!', /a link may stand on internal networks only/],
  ['a network without a subnet', 'front: { internal: true, ipam: { config: [{ subnet: 10.83.0.0/24 }] } }', 'front: { internal: true } #!', /network front needs a subnet/],
  ['a subnet that is none', '10.83.0.0/24', '10.83.0.1/24 #!\n  ', /subnet "10\.83\.0\.1\/24" of network front must be an IPv4 network/],
  ['overlapping subnets', '10.83.0.0/24', '10.83.0.0/16 #!\n  ', 'subnet 10.83.0.0/16 of network front overlaps with that of network az1'],
  ['a network mode', 'network_mode: none', 'network_mode: host #!', /network_mode of region can only be none: another one passes every link by/],
  ['a network mode beside networks', 'networks:\n      az1: { ipv4_address: 10.83.1.31 }', 'network_mode: none #!\n    networks:\n      az1: { ipv4_address: 10.83.1.31 }', 'az1-kitchen-a has both network_mode and networks; keep one'],
  // Links.
  ['a link that nobody enters by', '      front: { ipv4_address: 10.83.0.101 }\n', '', 'az1-link: a link of az1 must stand on network front, where its API is and what comes from outside enters az1', '  az1-link:'],
  ['a link that does not reach another AZ', ...added('az2-kitchen-a:', `labels: { ${REPLICA.replace('az1', 'az2')} }`, 'networks: { az2: { ipv4_address: 10.83.2.31 } }'), 'az1-link: a link of az1 must stand on network az2, where its proxy to az2-kitchen-a leads', '  az1-link:'],
  ['an AZ without a link beside one that has one', ...added('az2-kitchen-a: #!', `labels: { ${REPLICA.replace('az1', 'az2')} }`, 'networks: { az2: { ipv4_address: 10.83.2.31 } }'), 'az2-kitchen-a: az2 has no link, and other AZs have one: add a container with azimuth.role: link there'],
  ['a link that listens to everybody', '"-host", "10.83.0.101"', '"-host", "0.0.0.0" #!\n     ', 'az1-link: its command needs "-host", "10.83.0.101", its address on front: elsewhere the members of an AZ reach its API'],
  ['a link that is not told where to listen', '    command: ["-host", "10.83.0.101", "-port", "8474"]\n', '', /az1-link: its command needs "-host", "10\.83\.0\.101"/, '  az1-link:'],
  ['a link\'s port that is none', '"8474"', '"84740" #!\n    ', 'az1-link: -port is "84740"; allowed: a port from 1 to 65535'],
  ['a link\'s port that is a proxy\'s', '"-port", "8474"', '"--port=10001" #!\n     ', 'az1-link: -port 10001 is that of a proxy; ports 10001 to 10002 are taken'],
  // Ports.
  ['a port for the whole world', '"127.0.0.1:${AZIMUTH_SHOP_PORT:-8080}:8080"', '"${AZIMUTH_SHOP_PORT:-8080}:8080" #!', /port "8080:8080" of front-door must be "127\.0\.0\.1:<port>:<container port>"/],
  ['a published port that is not the traffic\'s', ':8080"\n    networks', ':9000" #!\n    networks', 'front-door: container port 9000 is not its azimuth.port (8080)'],
  ['a published port in an AZ', 'az1: { ipv4_address: 10.83.1.31 }', 'az1: { ipv4_address: 10.83.1.31 }\n    ports: ["127.0.0.1:9999:8080"] #!', /a member of an AZ publishes no port/],
  ['a port that Docker would not publish', '      street: { ipv4_address: 10.83.4.10 }\n', '', /Docker publishes no port of a container/, '127.0.0.1'],
  ['two published ports', '8080}:8080"\n', '8080}:8080"\n      - "127.0.0.1:8081:8080" #!\n', 'front-door: one port can be published, that of its traffic'],
  // The subset.
  ['a construct at the top', 'networks:\n  az1: {', 'include: [other.yml] #!\nnetworks:\n  az1: {', '"include" in the file is not part of the subset; read are name, services, networks, volumes'],
  ['a construct of a container', 'image: azimuth\n', 'extends: { service: x } #!\n', /"extends" in service region is not part of the subset; read are labels, .*; passed over are image, /],
  ['a construct of a network', 'front: { internal: true,', 'front: { internal: true, external: true, #!\n   ', /"external" in network front is not part of the subset/],
  ['a construct of a joined network', 'aliases: [kitchen]', 'aliases: [kitchen]\n        priority: 1 #!', /"priority" in network az1 of az1-load-balancer is not part of the subset/],
  ['a construct of an address pool', 'subnet: 10.83.0.0/24', 'subnet: 10.83.0.0/24, gateway: 10.83.0.1 #!\n  ', /"gateway" in ipam\.config of network front is not part of the subset/],
  ['labels as a list', 'labels:\n      azimuth.role: region', 'labels:\n      - azimuth.role=region #!', 'labels of region must be a mapping ("key: value")'],
  ['a label without a value', 'azimuth.scope: zonal', 'azimuth.scope: #!', 'azimuth.scope in labels of az1-kitchen-a needs a value'],
  ['a number that YAML readers disagree on', 'KITCHEN_OVENS: 8', 'KITCHEN_OVENS: 010 #!', 'KITCHEN_OVENS in environment of az1-kitchen-a is 010: put it in quotes, so that every YAML reader takes it for the same text'],
  ['a flag among texts', 'KITCHEN_OVENS: 8', 'KITCHEN_OVENS: true #!', /KITCHEN_OVENS in environment of az1-kitchen-a is true: put it in quotes/],
  // Variables.
  ['an unlisted variable', 'KITCHEN_OVENS: 8', 'KITCHEN_OVENS: ${OVENS:-8} #!', /variable OVENS is not one of AZIMUTH_REGION, /],
  ['a variable without a default', 'KITCHEN_OVENS: 8', 'KITCHEN_OVENS: ${LOG_LEVEL} #!', '"${LOG_LEVEL}" is not understood: write ${NAME:-default}, or $$ for a dollar sign'],
  ['a bare variable', 'image: azimuth\n', 'image: $TAG #!\n', /"\$TAG" is not understood/],
  ['a required variable', 'image: azimuth\n', 'image: ${LOG_LEVEL:?say} #!\n', /"\$\{LOG_LEVEL:\?say\}" is not understood/],
  ['two defaults of one variable', 'KITCHEN_OVENS: 8', 'KITCHEN_OVENS: ${LOG_LEVEL:-info} #!', 'variable LOG_LEVEL has the default "info" here and "warn" on line 3'],
  ['a variable in a key', 'KITCHEN_OVENS: 8', '${LOG_LEVEL:-warn}: 8 #!', 'variables are not substituted in keys'],
  // YAML.
  ['a name that is no region name', 'name: ${AZIMUTH_REGION:-azimuth}', 'name: Azimuth #!', '"Azimuth" is no region name: a lower-case letter, then up to 30 of a-z, 0-9 and "-"'],
  ['a text that is no YAML', 'image: azimuth\n', 'image: "azimuth #!\n', /is not YAML: /],
  ['an unknown anchor', '<<: *environment\n', '<<: *enviroment #!\n', 'no anchor &enviroment stands above *enviroment'],
  ['an anchor that contains itself', 'LOG_LEVEL: ${LOG_LEVEL:-warn}\nservices', '<<: *environment #!\nservices', /"<<" takes a mapping or a list of mappings that do not contain it/],
  ['a merge of a text', '<<: *environment\n', '<<: environment #!\n', /"<<" takes a mapping or a list of mappings/],
  ['two merges in one mapping', '<<: *environment\n', '<<: *environment\n      <<: *environment #!\n', '"<<" stands twice in environment of az1-kitchen-a'],
  ['a tag', 'KITCHEN_OVENS: 8', 'KITCHEN_OVENS: !reset 8 #!', 'tag !reset is not understood: remove it'],
  ['a key that is no text', 'KITCHEN_OVENS: 8', '7: 8 #!', 'a key of environment of az1-kitchen-a is no plain text'],
];

describe('compileRegion', () => {
  it('compiles the small region of these tests', () => {
    expect(complaints(SMALL_REGION)).toEqual([]);
  });

  it.each(WRONG)('refuses %s, with its line and what is allowed', (_title, before, after, message, at = '#!') => {
    const text = edited(before, after);
    const line = text.split('\n').findIndex((one) => one.includes(at)) + 1;
    const pattern = typeof message === 'string' ? message.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : message.source;
    expect(complaints(text)).toContainEqual(expect.stringMatching(new RegExp(`^f\\.yml:${line}:\\d+: .*${pattern}`)));
  });

  it('says a bad value of a variable once, on the line that uses it first', () => {
    const found = complaints(SMALL_REGION, { variables: { AZIMUTH_REGION: 'My Region', AZIMUTH_SHOP_PORT: '80' } });
    expect(found).toEqual([
      'f.yml:1:7: variable AZIMUTH_REGION is "My Region"; it must be a lower-case letter, then up to 30 of a-z, 0-9 and "-"',
      'f.yml:13:26: variable AZIMUTH_SHOP_PORT is "80"; it must be a port from 1024 to 65535',
    ]);
  });

  it('says everything that is wrong in one go, in the order of the file', () => {
    const text = edited('role: link', 'role: lnk', edited('KITCHEN_OVENS: 8', 'KITCHEN_OVENS: yes', edited('10.83.1.31', '10.83.9.31', edited('scope: zonal', 'scope: here'))));
    const lines = complaints(text.replace('KITCHEN_OVENS: yes', 'KITCHEN_OVENS: [8]')).map((complaint) => Number(complaint.split(':')[1]));
    expect(lines).toEqual([30, 53, 61, 63]);
  });

  it('says a mistake in an anchor once, where it stands, however often it is used', () => {
    const text = edited('LOG_LEVEL: ${LOG_LEVEL:-warn}\nservices', 'LOG_LEVEL: [warn]\nservices');
    expect(complaints(text).filter((complaint) => complaint.startsWith('f.yml:3:')).length).toBe(3);
  });

  it.each([
    ['nothing', ''],
    ['a comment', '# nothing\n'],
    ['a text', 'hello'],
    ['a list', '- a\n- b\n'],
    ['two documents', 'name: a\n---\nname: b\n'],
    ['services that are none', 'name: a\nservices: 7\n'],
    ['an empty container', 'name: a\nservices:\n  x:\n'],
    ['anchors that double each time', `a0: &a0 {k: v}\n${Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [*a${i}, *a${i}]}\n`).join('')}`],
    ['brackets without end', '['.repeat(20_000)],
    ['a NUL byte', 'name: \u0000\n'],
  ])('has an answer to a file that holds %s', (_title, text) => {
    expect(complaints(text).length).toBeGreaterThan(0);
  });

  it('refuses embedded ports that the kernel may hand out, and two programs on one port', () => {
    expect(complaints(SMALL_REGION, { body: 'embedded', portBase: 32_760 }).join()).toMatch(/port 327\d\d is above 32767: choose a lower port base/);
    const taken = complaints(SMALL_REGION, { body: 'embedded', variables: { AZIMUTH_SHOP_PORT: '21009' } });
    expect(taken.join()).toMatch(/az1-kitchen-a: port 21009 of this machine is taken by front-door/);
  });

  it('leaves tools out, and gives an observer the address under which it is found', () => {
    const watcher = added('watcher:', 'labels: { azimuth.role: observer, azimuth.port: 9090 }', 'networks: { observers: { ipv4_address: 10.83.5.211 }, az1: { ipv4_address: 10.83.1.211 } }');
    const tool = added('chaos:', 'labels: { azimuth.role: tool }', 'profiles: [chaos]', 'entrypoint: [node, --inspect, chaos.ts]', ON_OBSERVERS);
    const text = edited(...tool, edited(...watcher, WITH_OBSERVERS));
    const names = (body: 'compose' | 'embedded'): unknown => {
      const result = compile(text, { body });
      return 'region' in result ? result.region.endpoints.map(({ name, address, networks }) => [name, address?.host ?? null, networks.length]).slice(-2) : result.errors;
    };
    expect(names('compose')).toEqual([['az1-kitchen-a', '10.83.1.31', 1], ['watcher', '10.83.5.211', 2]]);
    expect(names('embedded')).toEqual([['az1-kitchen-a', '127.0.0.1', 0], ['watcher', null, 0]]);
  });

  it('lets two containers publish one port of this machine only where neither is run', () => {
    const text = edited(...added('watcher:', 'labels: { azimuth.role: observer, azimuth.port: 3000 }', 'ports: ["127.0.0.1:8080:3000"]', 'networks: { observers: { ipv4_address: 10.83.5.211 } }'), WITH_OBSERVERS);
    expect(complaints(text)).toEqual([expect.stringMatching(/watcher: port 8080 of this machine is taken by front-door$/)]);
    expect(complaints(text, { body: 'embedded' })).toEqual([]);
  });

  it('gives the starter\'s own variables to nobody, and takes an empty variable for an unset one', () => {
    const result = compile(SMALL_REGION, { variables: { LOG_LEVEL: '' } });
    const kitchen = 'region' in result ? result.region.endpoints.find(({ service }) => service === 'kitchen') : undefined;
    expect(kitchen?.environment).toEqual({ KITCHEN_OVENS: '8', LOG_LEVEL: 'warn' });
  });
});
