/**
 * Server-sent events on one connection: first what the listener missed, then what happens, and now and then a comment, so
 * that a dead connection is noticed. Who reads too slowly is dropped, and comes back with the id of what it heard last;
 * that what was missed is much, and comes at once, is no sign of it.
 * Reference: HTML Standard, "Server-sent events".
 */
import type { ServerResponse } from 'node:http';
import { GAP_EVENT } from '#contracts/runs.ts';
import { ANSWER_HEADERS } from '../api/guarded-server.ts';
import type { EventLog, LoggedEvent } from './event-log.ts';

const HEARTBEAT_MS = 10_000;
/** How long a listener waits before it comes back. */
const RETRY_MS = 1_000;
const UNSENT_BYTES_MAX = 256 * 1024;

export interface EventStreamOptions<Event extends { type: string }> {
  log: EventLog<Event>;
  /** What it heard last; null to begin with what happens next. */
  after: { id: string | null } | null;
  /** The stream ends with this one. */
  isLast: (event: Event) => boolean;
  onClosed: () => void;
}

/** Begins the answer and goes on by itself. */
export function streamEvents<Event extends { type: string }>(response: ServerResponse, { log, after, isLast, onClosed }: EventStreamOptions<Event>): void {
  let isOver = false;
  let isCatchingUp = true;
  const send = (text: string): void => {
    if (isOver) return;
    response.write(text);
    if (!isCatchingUp && response.writableLength > UNSENT_BYTES_MAX) response.destroy();
  };
  const tell = (logged: LoggedEvent<Event>): void => {
    send(`id: ${logged.id}\n${eventText(logged.event)}`);
    if (isLast(logged.event)) end();
  };
  const end = (): void => {
    if (!isOver) response.end();
    isOver = true;
  };
  response.writeHead(200, { ...ANSWER_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  send(`retry: ${RETRY_MS}\n\n`);
  const stop = log.listen(tell);
  const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS);
  response.once('close', () => {
    isOver = true;
    stop();
    clearInterval(heartbeat);
    onClosed();
  });
  const { events, isGap } = after === null ? { events: [], isGap: false } : log.after(after.id);
  if (isGap) send(eventText({ type: GAP_EVENT }));
  for (const logged of events) tell(logged);
  isCatchingUp = false;
}

function eventText(event: { type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
