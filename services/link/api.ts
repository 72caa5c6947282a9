/**
 * The HTTP API of Toxiproxy 2.x: which call does what, with which status. What a call means lies with the
 * proxies; what every answer has in common, with the HTTP rules.
 * https://github.com/Shopify/toxiproxy/blob/main/README.md#endpoints
 */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { createRuledServer, sendJson, toRefusal } from './http-rules.ts';
import { Fields, readBody } from './lenient-json.ts';
import type { Proxies, RequestedProxy } from './proxies.ts';
import { badBody } from './refusal.ts';
import { showToxic } from './toxic.ts';

/** The reference's version that clients may rely on. */
export const COMPATIBLE_VERSION = '2.12.0';

const PATHS = [/^\/(?:proxies|populate|reset|version)$/, /^\/proxies\/[^/]+(?:\/toxics(?:\/[^/]+)?)?$/];

export interface ApiOptions {
  proxies: Proxies;
  log: Logger;
  /** Version of this program. */
  version: string;
  /** What `/metrics` shows; null for no such path. */
  metrics: Registry | null;
}

interface ProxyPath {
  Params: { proxy: string };
}
interface ToxicPath {
  Params: { proxy: string; toxic: string };
}

/** @returns an instance without a port */
export function createApi({ proxies, log, version, metrics }: ApiOptions): FastifyInstance {
  const app = createRuledServer({ log, implementation: `azimuth/${version}`, paths: PATHS });
  serveProxies(app, proxies, log);
  serveToxics(app, proxies);
  app.post('/reset', async (_request, reply) => {
    await proxies.reset();
    return reply.code(204).send();
  });
  app.get('/version', (_request, reply) => sendJson(reply, 200, `{"version": "${COMPATIBLE_VERSION}"}\n`, 'application/json;charset=utf-8'));
  if (metrics !== null) {
    app.all('/metrics', async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.metrics()));
  }
  return app;
}

function serveProxies(app: FastifyInstance, proxies: Proxies, log: Logger): void {
  app.get('/proxies', (_request, reply) => {
    // An object of JavaScript would put names that are numbers first.
    const entries = proxies.all().map((proxy) => `${JSON.stringify(proxy.name)}:${JSON.stringify(proxy.show())}`);
    return sendJson(reply, 200, `{${entries.join(',')}}`);
  });
  app.post('/proxies', async (request, reply) => {
    const proxy = await proxies.create(readProxy(readBody(textOf(request.body))));
    return sendJson(reply, 201, proxy.show());
  });
  app.post('/populate', {
    handler: async (request, reply) => {
      const { proxies: placed, error } = await proxies.populate(readList(textOf(request.body)));
      const shown = placed.map((proxy) => proxy.show());
      if (error === null) return sendJson(reply, 201, { proxies: shown });
      const { message, status } = toRefusal(error as Error, request, log);
      return sendJson(reply, status, { error: message, status, proxies: shown });
    },
    errorHandler: (error, request, reply) => {
      const { message, status } = toRefusal(error, request, log);
      return sendJson(reply, status, { error: message, status, proxies: [] });
    },
  });
  app.get<ProxyPath>('/proxies/:proxy', (request, reply) => sendJson(reply, 200, proxies.get(request.params.proxy).show()));
  app.route<ProxyPath>({
    method: ['POST', 'PATCH'],
    url: '/proxies/:proxy',
    handler: async (request, reply) => {
      const { proxy: name } = request.params;
      proxies.get(name);
      const change = readChange(new Fields(readBody(textOf(request.body))));
      const proxy = await proxies.update(name, (now) => ({
        listen: change.listen ?? now.listen,
        upstream: change.upstream ?? now.upstream,
        enabled: change.enabled ?? now.enabled,
      }));
      return sendJson(reply, 200, proxy.show());
    },
  });
  app.delete<ProxyPath>('/proxies/:proxy', async (request, reply) => {
    await proxies.delete(request.params.proxy);
    return reply.code(204).send();
  });
}

function serveToxics(app: FastifyInstance, proxies: Proxies): void {
  app.get<ProxyPath>('/proxies/:proxy/toxics', (request, reply) => sendJson(reply, 200, proxies.get(request.params.proxy).listToxics().map(showToxic)));
  app.post<ProxyPath>('/proxies/:proxy/toxics', (request, reply) => {
    const proxy = proxies.get(request.params.proxy);
    return sendJson(reply, 200, showToxic(proxy.addToxic(new Fields(readBody(textOf(request.body))))));
  });
  app.get<ToxicPath>('/proxies/:proxy/toxics/:toxic', (request, reply) => {
    const { proxy, toxic } = request.params;
    return sendJson(reply, 200, showToxic(proxies.get(proxy).toxic(toxic)));
  });
  app.route<ToxicPath>({
    method: ['POST', 'PATCH'],
    url: '/proxies/:proxy/toxics/:toxic',
    handler: (request, reply) => {
      const proxy = proxies.get(request.params.proxy);
      const { name } = proxy.toxic(request.params.toxic);
      return sendJson(reply, 200, showToxic(proxy.updateToxic(name, new Fields(readBody(textOf(request.body))))));
    },
  });
  app.delete<ToxicPath>('/proxies/:proxy/toxics/:toxic', (request, reply) => {
    const { proxy, toxic } = request.params;
    proxies.get(proxy).removeToxic(toxic);
    return reply.code(204).send();
  });
}

/** Without a body Fastify has none to give. */
function textOf(body: unknown): string {
  return typeof body === 'string' ? body : '';
}

/** A list as `/populate` and the configuration file have it. @throws Refusal 400 */
export function readList(text: string): RequestedProxy[] {
  const list = readBody(text);
  if (list === null) return [];
  if (!Array.isArray(list)) throw badBody('the body must be an array of proxies');
  return list.map(readProxy);
}

/** Toxics in it are ignored, as the reference does. @throws Refusal 400 */
function readProxy(value: unknown): RequestedProxy {
  const body = new Fields(value);
  return { name: body.text('name'), listen: body.text('listen') ?? '', upstream: body.text('upstream'), enabled: body.flag('enabled') ?? true };
}

/** A name must be text and changes nothing. @throws Refusal 400 */
function readChange(body: Fields): Record<'name' | 'listen' | 'upstream', string | undefined> & { enabled: boolean | undefined } {
  return { name: body.text('name'), listen: body.text('listen'), upstream: body.text('upstream'), enabled: body.flag('enabled') };
}
