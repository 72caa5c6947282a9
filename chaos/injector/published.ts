/**
 * Under which addresses of the host a region in containers is found: by the ports that the engine says it publishes,
 * never by what was asked for, so that a link that is printed is one that can be opened.
 */
import type { Endpoint, Region } from '#contracts/region.ts';
import type { RunningRegion } from '#contracts/running.ts';

/** Port of the host that leads to a component's port; null where none does. */
type Published = (name: string, port: number) => number | null;

const HOST = '127.0.0.1';
/** What a person opens of whom. Observers are known by name: there may be any number, or none. */
const OPENED: readonly { key: string; is: (endpoint: Endpoint) => boolean; path: string }[] = [
  { key: 'shop', is: ({ role }) => role === 'front-door', path: '/menu' },
  { key: 'api', is: ({ role }) => role === 'controller', path: '/v1/status' },
  { key: 'grafana', is: ({ role, name }) => role === 'observer' && name === 'grafana', path: '/' },
  { key: 'prometheus', is: ({ role, name }) => role === 'observer' && name === 'prometheus', path: '/' },
];

/** `api` is the controller's own address where its port is not published. */
export function placesToOpen({ endpoints }: Region, published: Published): Pick<RunningRegion, 'api' | 'urls'> {
  const urls: Record<string, string> = {};
  for (const { key, is, path } of OPENED) {
    const endpoint = endpoints.find(is);
    const base = endpoint === undefined ? null : baseOf(endpoint, published);
    if (base !== null) urls[key] = `${base}${path}`;
  }
  const controller = endpoints.find(({ role }) => role === 'controller');
  const own = controller?.address === undefined || controller.address === null ? '' : `http://${controller.address.host}:${controller.address.port}`;
  return { api: (controller === undefined ? null : baseOf(controller, published)) ?? own, urls };
}

function baseOf({ name, address }: Endpoint, published: Published): string | null {
  const port = address === null ? null : published(name, address.port);
  return port === null ? null : `http://${HOST}:${port}`;
}
