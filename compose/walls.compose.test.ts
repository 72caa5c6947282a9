/**
 * What the walls between zones, and around the engine, keep apart: found by trying from inside the containers. Each
 * list of what cannot be reached stands beside something that can, else a broken trial would pass.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { containers, engineGivesInternalRoutes, type Container } from './testing/containers.fixture.ts';
import { printLogsOfFailures } from './testing/failure-logs.fixture.ts';
import { confinementOf, reachedFrom, routesOf, tryFrom, tryFromCommandLine } from './testing/inside.fixture.ts';
import { AZS } from './testing/links.fixture.ts';
import { PUBLISHED_PORTS, addressOn, tell } from './testing/place.fixture.ts';
import { regionIsUp } from './testing/region.fixture.ts';

const SOCKETS = ['/var/run/docker.sock', '/run/docker.sock'];
/** TEST-NET-1: a packet to it that got out would reach nobody. */
const NOWHERE = '192.0.2.1:443';
const MEMBER_PORTS = [[10, 80], [10, 9000], [21, 8080], [22, 8080], [31, 8080], [32, 9000]] as const;
const OUTSIDERS = ['injector', 'chaos', 'demo'];

describe('walls', () => {
  printLogsOfFailures();
  let all: Map<string, Container>;
  let inZones: string[];

  beforeAll(async () => {
    await regionIsUp();
    all = new Map([...(await containers())].filter(([, { State }]) => State.Running));
    inZones = [...all].filter(([, { Config }]) => Config.Labels['azimuth.az'] !== undefined).map(([service]) => service);
  }, 180_000);

  it('keep the Docker API from every container but the injector', async () => {
    const gateways = [...all].map(([service, { NetworkSettings }]) => [service, Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress.replace(/\d+$/, '1'))] as const);
    const reached = await Promise.all(gateways.map(async ([service, hosts]) => {
      const targets = [...SOCKETS, ...hosts.flatMap((host) => [`${host}:2375`, `${host}:2376`])];
      return [service, await reachedFrom(service, targets)] as const;
    }));
    expect(Object.fromEntries(reached.filter(([, open]) => open.length > 0))).toEqual({ injector: expect.arrayContaining(['/var/run/docker.sock']) });
    const mounted = [...all].filter(([, { Mounts }]) => Mounts.some(({ Source, Destination }) => /docker\.sock|containerd/.test(`${Source} ${Destination}`)));
    expect(mounted.map(([service]) => service)).toEqual(['injector']);
  }, 90_000);

  it('keep the Docker API and the zones from the command line in a container, which reaches the controller and the injector behind it', async () => {
    const targets = [
      `${addressOn('observers', 213)}:8090`, `${addressOn('observers', 210)}:8090`, ...SOCKETS, `${addressOn('observers', 1)}:2375`, `${addressOn('observers', 1)}:2376`,
      ...MEMBER_PORTS.map(([octet, port]) => `${addressOn('az1', octet)}:${port}`), `${addressOn('front', 101)}:8474`, `${addressOn('front', 200)}:9000`,
    ];
    const open = (await tryFromCommandLine(targets)).filter(({ got }) => got === 'open').map(({ where }) => where);
    expect(open).toEqual(targets.slice(0, 2));
  }, 60_000);

  it('keep a member of a zone inside its zone: no other zone, no front, no injector, no controller, no API of a link, no host, no way out', async () => {
    const own = [`${addressOn('az1', 31)}:8080`, `${addressOn('az1', 10)}:80`, `${addressOn('az1', 101)}:10008`];
    const foreign = [
      ...MEMBER_PORTS.flatMap(([octet, port]) => [`${addressOn('az2', octet)}:${port}`, `${addressOn('az3', octet)}:${port}`]),
      `${addressOn('az2', 102)}:10001`, `${addressOn('front', 10)}:8080`, `${addressOn('front', 10)}:9000`, `${addressOn('street', 10)}:8080`,
      `${addressOn('front', 200)}:9000`, `${addressOn('front', 210)}:8090`, `${addressOn('observers', 210)}:8090`, `${addressOn('observers', 213)}:8090`, `${addressOn('az1', 210)}:8090`, `${addressOn('az1', 210)}:9000`,
      ...AZS.flatMap((_az, index) => [`${addressOn('front', 101 + index)}:8474`, `${addressOn('az1', 101 + index)}:8474`]),
      ...PUBLISHED_PORTS.map((port) => `${addressOn('az1', 1)}:${port}`),
      NOWHERE,
    ];
    for (const member of ['az1-storefront-a', 'az1-load-balancer', 'az1-kitchen-b']) {
      expect({ member, reached: await reachedFrom(member, [...own, ...foreign]) }).toEqual({ member, reached: own });
    }
    const [{ got } = { got: '' }] = await tryFrom('az1-storefront-a', [NOWHERE]);
    expect(got).toBe((await engineGivesInternalRoutes()) ? 'silence' : 'ENETUNREACH');
  }, 60_000);

  it('leave no member of a zone, link or program, with a default route, or on an engine before 25 with one that leads nowhere', async () => {
    const routes = await Promise.all(inZones.map(async (service) => [service, await routesOf(service)] as const));
    expect(routes.filter(([, to]) => to.length === 0)).toEqual([]);
    const routed = routes.filter(([, to]) => to.includes('0.0.0.0')).map(([service]) => service);
    if (await engineGivesInternalRoutes()) {
      tell(`walls: this engine gives internal networks a default route (Docker 25 no longer does); from ${routed.length} members of zones it was found to lead nowhere`);
      const out = await Promise.all(routed.map((service) => reachedFrom(service, [NOWHERE, `${addressOn('street', 10)}:8080`, `${addressOn('observers', 211)}:9090`])));
      expect(out.flat()).toEqual([]);
    } else {
      expect(routed).toEqual([]);
    }
    // It publishes a port, which Docker does from a network with a way out alone.
    expect(await routesOf('front-door')).toContain('0.0.0.0');
  }, 60_000);

  it('let only links and observers stand on more than one network of a zone', async () => {
    const zonesOf = ({ NetworkSettings }: Container): string[] => Object.keys(NetworkSettings.Networks).filter((name) => /_az\d$/.test(name));
    const several = [...all].filter(([, one]) => zonesOf(one).length > 1).map(([, { Config }]) => Config.Labels['azimuth.role']);
    expect([...new Set(several)].sort()).toEqual(['injector', 'link', 'observer']);
    const links = [...all].filter(([, { Config }]) => Config.Labels['azimuth.role'] === 'link');
    expect(links.map(([, one]) => zonesOf(one).length)).toEqual([3, 3, 3]);
    // By trying, too: the front door comes into a zone by its link or not at all.
    const door = [`${addressOn('front', 101)}:10001`, ...MEMBER_PORTS.map(([octet, port]) => `${addressOn('az1', octet)}:${port}`), `${addressOn('az1', 101)}:10006`];
    expect(await reachedFrom('front-door', door)).toEqual([door[0]]);
    expect(await reachedFrom('injector', [`${addressOn('az1', 31)}:9000`, `${addressOn('az3', 31)}:9000`])).toHaveLength(2);
  }, 60_000);

  it('confine every program: root file system read-only, no root, no capabilities, no way to gain them', async () => {
    const ours = [...all].filter(([, { Config }]) => Config.Image.startsWith('azimuth:')).map(([service]) => service);
    expect(ours.length).toBeGreaterThan(15);
    for (const service of ours.filter((name) => !OUTSIDERS.includes(name))) {
      const confinement = await confinementOf(service);
      expect({ service, ...confinement }).toEqual({
        service, uid: 1000, effectiveCapabilities: NONE, boundingCapabilities: NONE, noNewPrivileges: '1', root: 'EROFS', home: 'EROFS', socket: false,
      });
    }
    const injector = await confinementOf('injector');
    expect(injector).toMatchObject({ uid: 0, root: 'EROFS', home: 'EROFS', socket: true, noNewPrivileges: '1' });
    for (const [service, { Config, HostConfig }] of all) {
      const { ReadonlyRootfs, CapDrop, CapAdd, Privileged, SecurityOpt } = HostConfig;
      expect({ service, ReadonlyRootfs, CapDrop, Privileged, SecurityOpt }).toEqual({ service, ReadonlyRootfs: true, CapDrop: ['ALL'], Privileged: false, SecurityOpt: ['no-new-privileges:true'] });
      expect({ service, added: CapAdd ?? [] }).toEqual({ service, added: [] });
      if (service !== 'injector') expect({ service, user: /^[1-9]\d*(?::\d+)?$/.test(Config.User) }).toEqual({ service, user: true });
    }
  }, 90_000);
});

const NONE = '0000000000000000';
