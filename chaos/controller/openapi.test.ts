import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INJECTOR_ROUTES, type ApiRoute } from '#contracts/api-routes.ts';
import { createLogger } from '#kit/log.ts';
import { createController } from './app.ts';
import { TestController } from './controller.fixture.ts';
import type { OpenApiDocument } from './described-answers.fixture.ts';
import { EventLog } from './event-log.ts';
import { RegionWatch } from './region-watch.ts';
import { ReportStore } from './report-store.ts';

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start('http://127.0.0.1:1');
});
afterEach(() => controller.stop());

const document = async (): Promise<OpenApiDocument> => (await fetch(`${controller.running.api}/v1/openapi.json`)).json() as Promise<OpenApiDocument>;

it('is a valid OpenAPI 3.1 document', async () => {
  const told = await document();
  expect(told.openapi).toMatch(/^3\.1\./);
  expect(await new Validator().validate(JSON.parse(JSON.stringify(told)) as Record<string, unknown>)).toEqual({ valid: true });
});

it('has every route that is answered, each with its summary', async () => {
  const told = await document();
  const answered: string[] = [];
  const other = createController({
    port: 1, log: createLogger('controller', 'silent'), injector: { host: '127.0.0.1', port: 1 }, reports: new ReportStore('/nowhere'), version: '0.0.0',
    keeper: controller.keeper, events: new EventLog('x', 1), watch: new RegionWatch(async () => Promise.reject(new Error('nobody')), () => undefined),
  });
  other.addHook('onRoute', ({ method, url }) => void answered.push(...[method].flat().map((one) => `${one} ${url}`)));
  await other.ready();
  const routes = answered.filter((route) => !route.startsWith('HEAD '));
  expect(routes.length).toBeGreaterThan(Object.keys(INJECTOR_ROUTES).length + 7);
  const described = Object.entries(told.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{path\}/, '*').replace(/\{(\w+)\}/g, ':$1')}`));
  expect(described.sort()).toEqual(routes.sort());
  expect(Object.values(told.paths).flatMap((methods) => Object.values(methods).filter(({ summary }) => summary === undefined))).toEqual([]);
  await other.close();
});

it.each(Object.values<ApiRoute>(INJECTOR_ROUTES))('says what $method $url answers, as the table of routes has it', async ({ method, url, answers }) => {
  const { '4XX': refusal, '5XX': failure, ...told } = (await document()).paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.responses ?? {};
  const outline = (responses: typeof told | ApiRoute['answers']): object => Object.fromEntries(Object.entries(responses).map(([status, { description, headers, content }]) => [status, [description, Object.keys(headers ?? {}), Object.keys(content ?? {})]]));
  expect(outline(told)).toEqual(outline(answers));
  for (const one of [refusal, failure]) expect(one?.content?.['application/json']?.schema).toEqual({ $ref: '#/components/schemas/ErrorAnswer' });
});

it('names what goes over the API, so that a client has a type for it, and names no operation twice', async () => {
  const told = await document();
  const referred = new Set([...JSON.stringify(told).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name));
  expect([...referred].sort()).toEqual(Object.keys(told.components.schemas).sort());
  const operations = Object.values(told.paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  expect(new Set(operations).size).toBe(operations.length);
  expect(operations).toEqual(expect.arrayContaining([...Object.keys(INJECTOR_ROUTES), 'beginRun', 'runEvents']));
});

it('says what a run is asked with, from the schema that it is checked against', async () => {
  const { paths, components } = await document();
  const { post } = paths['/v1/runs'] ?? {};
  expect(post?.requestBody?.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/RunRequest' });
  expect(Object.keys(components.schemas['RunRequest']?.properties ?? {})).toEqual(expect.arrayContaining(['document', 'azs', 'ratePerSecond', 'seed', 'timeoutMs', 'allowInconclusive', 'attached']));
  expect(Object.keys(post?.responses ?? {}).sort()).toEqual(['202', '4XX', '5XX']);
});
