/** The routes of runs: ask for one, look at it, end it, fetch its report. */
import { createReadStream } from 'node:fs';
import { Type } from 'typebox';
import { json } from '#contracts/api-answer.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { RunIdSchema, RunListSchema, RunRequestSchema, RunSchema, SearchRequestSchema } from '#contracts/runs.ts';
import type { HttpServer } from '#kit/http-server.ts';
import { REPORT_TYPES, type ReportStore } from './report-store.ts';
import type { RunKeeper } from './run-keeper.ts';

/** A document is some kilobytes. */
const RUN_BYTES_MAX = 256 * 1024;
/** What a report may do that is opened from here: draw itself, and nothing else. */
const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";

const RunParams = Type.Object({ id: RunIdSchema });
const FileParams = Type.Object({ id: RunIdSchema, '*': Type.String({ maxLength: 200 }) });
const tags = ['runs'];

const BEGUN = { 202: json('The run, which begins', RunSchema, { location: Type.String({ description: 'Where it is looked at' }) }) };
const FILE = { description: 'The file; verdict.json is azimuth.verdict/1', content: Object.fromEntries(REPORT_TYPES.map((type) => [type, { schema: Type.Unknown() }])) };

export function serveRuns(app: HttpServer, keeper: RunKeeper, reports: ReportStore): void {
  app.post('/v1/runs', { bodyLimit: RUN_BYTES_MAX, config: { answers: BEGUN }, schema: { operationId: 'beginRun', tags, summary: 'Run an experiment; one at a time', body: RunRequestSchema } }, async (request, reply) => {
    const run = await keeper.begin(request.body);
    return reply.code(202).header('location', `/v1/runs/${run.id}`).send(run);
  });
  app.post('/v1/searches', { bodyLimit: RUN_BYTES_MAX, config: { answers: BEGUN }, schema: { operationId: 'beginSearch', tags, summary: 'Search what AZs can take: a run as any other, one at a time', body: SearchRequestSchema } }, async (request, reply) => {
    const run = await keeper.search(request.body);
    return reply.code(202).header('location', `/v1/runs/${run.id}`).send(run);
  });
  app.get('/v1/runs', { config: { answers: { 200: json('As far as they are remembered', RunListSchema) } }, schema: { operationId: 'runs', tags, summary: 'Runs that are remembered, the newest first' } }, () => ({ runs: keeper.list() }));
  app.get('/v1/runs/:id', { config: { answers: { 200: json('As it is now', RunSchema) } }, schema: { operationId: 'run', tags, summary: 'One run', params: RunParams } }, (request) => keeper.get(request.params.id));
  app.delete('/v1/runs/:id', { config: { answers: { 202: json('The run, which ends', RunSchema) } }, schema: { operationId: 'endRun', tags, summary: 'End a run before its time: what it broke is healed first', params: RunParams } }, (request, reply) => {
    reply.code(202);
    return keeper.stop(request.params.id);
  });
  app.get('/v1/runs/:id/report/*', { config: { answers: { 200: FILE } }, schema: { operationId: 'reportFile', tags, summary: 'A file of its report: verdict.json, report.html, …', params: FileParams } }, (request, reply) => {
    const { id, '*': path } = request.params;
    keeper.get(id);
    const file = reports.find(id, path);
    if (file === null) throw new AzimuthError('AZ_NOT_FOUND', `run ${id} has no such file in its report`);
    return reply.type(file.type).header('content-security-policy', REPORT_POLICY).send(createReadStream(file.path));
  });
}
