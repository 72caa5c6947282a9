import { Validator } from '@seriousme/openapi-schema-validator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INJECTOR_ROUTES, type ApiRoute } from '#contracts/api-routes.ts';
import { createLogger } from '#kit/log.ts';
import { createController } from './app.ts';
import { TestController } from './controller.fixture.ts';
import { EventLog } from './event-log.ts';
import { RegionWatch } from './region-watch.ts';
import { ReportStore } from './report-store.ts';

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, { summary?: string; requestBody?: { content: Record<string, { schema: { properties: object } }> }; responses: Record<string, { description: string; content?: unknown }> }>>;
}

let controller: TestController;
beforeEach(async () => {
  controller = await TestController.start('http://127.0.0.1:1');
});
afterEach(() => controller.stop());

const document = async (): Promise<OpenApi> => (await fetch(`${controller.running.api}/v1/openapi.json`)).json() as Promise<OpenApi>;

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
  const described = Object.entries(told.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1').replace(/\{\*\}/, '*')}`));
  expect(described.sort()).toEqual(routes.sort());
  expect(Object.values(told.paths).flatMap((methods) => Object.values(methods).filter(({ summary }) => summary === undefined))).toEqual([]);
  await other.close();
});

it.each(Object.values<ApiRoute>(INJECTOR_ROUTES))('says what $method $url answers, as the table of routes has it', async ({ method, url, answers }) => {
  const { '4XX': refusal, '5XX': failure, ...told } = (await document()).paths[url.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.responses ?? {};
  expect(Object.fromEntries(Object.entries(told).map(([status, { description }]) => [status, description]))).toEqual(answers);
  expect(Object.entries(told).filter(([, { content }]) => content === undefined).map(([status]) => status)).toEqual('204' in told ? ['204'] : []);
  expect([refusal?.content, failure?.content]).not.toContain(undefined);
});

it('says what a run is asked with, from the schema that it is checked against', async () => {
  const { post } = (await document()).paths['/v1/runs'] ?? {};
  expect(Object.keys(post?.requestBody?.content['application/json']?.schema.properties ?? {})).toEqual(expect.arrayContaining(['document', 'azs', 'ratePerSecond', 'seed', 'timeoutMs', 'allowInconclusive', 'attached']));
  expect(Object.keys(post?.responses ?? {}).sort()).toEqual(['202', '4XX', '5XX']);
});
