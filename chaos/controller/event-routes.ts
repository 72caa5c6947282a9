/** The routes of events: what happens in the region, and in one run. They are followed by a bounded number of listeners. */
import { Type } from 'typebox';
import { nothing, sequence } from '#contracts/api-answer.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { GapEventSchema, RegionEventSchema, RunEventSchema, RunIdSchema, type RegionEvent } from '#contracts/runs.ts';
import type { HttpServer } from '#kit/http-server.ts';
import type { EventLog } from './event-log.ts';
import { streamEvents } from './event-stream.ts';
import type { RegionWatch } from './region-watch.ts';
import type { RunKeeper } from './run-keeper.ts';

const LISTENERS_MAX = 32;

const Headers = Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 80 })) });
const RunParams = Type.Object({ id: RunIdSchema });
const tags = ['events'];

const EVENTS = 'text/event-stream';
const REGION_ANSWERS = { 200: sequence('Each with an id and the name of its type; its data is a RegionEvent, or says that some were dropped', EVENTS, Type.Union([RegionEventSchema, GapEventSchema])) };
const RUN_ANSWERS = {
  200: sequence('Each with an id and the name of its type; its data is a RunEvent, the last one run.ended, or says that some were dropped', EVENTS, Type.Union([RunEventSchema, GapEventSchema])),
  204: nothing('The run has ended, and Last-Event-ID is its last'),
};

export interface EventSources {
  keeper: RunKeeper;
  events: EventLog<RegionEvent>;
  watch: RegionWatch;
}

export function serveEvents(app: HttpServer, { keeper, events, watch }: EventSources): void {
  let listeners = 0;
  const admit = (): (() => void) => {
    if (listeners >= LISTENERS_MAX) throw new AzimuthError('AZ_TOO_MANY_LISTENERS', `${LISTENERS_MAX}`);
    listeners += 1;
    return () => void (listeners -= 1);
  };

  app.get('/v1/events', { exposeHeadRoute: false, config: { answers: REGION_ANSWERS }, schema: { operationId: 'events', tags, summary: 'What happens in the region, as server-sent events', headers: Headers } }, (request, reply) => {
    const leave = admit();
    const unwatch = watch.begin();
    reply.hijack();
    const id = request.headers['last-event-id'];
    streamEvents(reply.raw, {
      log: events, after: id === undefined ? null : { id }, isLast: () => false,
      onClosed: () => {
        leave();
        unwatch();
      },
    });
  });

  app.get('/v1/runs/:id/events', { exposeHeadRoute: false, config: { answers: RUN_ANSWERS }, schema: { operationId: 'runEvents', tags, summary: 'What happens in a run, from its beginning, as server-sent events', headers: Headers, params: RunParams } }, (request, reply) => {
    const leave = admit();
    let run: ReturnType<RunKeeper['follow']>;
    try {
      run = keeper.follow(request.params.id);
    } catch (error) {
      leave();
      throw error;
    }
    const id = request.headers['last-event-id'] ?? null;
    if (run.isOver && id !== null && run.log.after(id).events.length === 0) {
      leave();
      run.left();
      // A browser would come back for ever to what has ended.
      reply.code(204).send();
      return;
    }
    reply.hijack();
    streamEvents(reply.raw, {
      log: run.log, after: { id }, isLast: ({ type }) => type === 'run.ended',
      onClosed: () => {
        leave();
        run.left();
      },
    });
  });
}
