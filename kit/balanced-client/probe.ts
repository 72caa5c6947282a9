/**
 * One active check: `GET <health path>` over the traffic's own connections, since a check that takes another
 * way cannot see what the traffic meets. A reused connection that closes before the first byte is asked
 * again on a new one: the peer may have let it go at the same moment, which is no failure.
 */
import type { HealthAnswer } from '#contracts/health.ts';
import type { ProbeResult } from '#policy/messages.ts';
import type { ResponseHeaders } from './exchange.ts';
import { startTimeout } from './late-timeout.ts';
import type { DispatchController, DispatchHandler, TargetConnection, TargetConnections } from './target-connections.ts';
import { failureCause } from './transport-failure.ts';

/** A health answer of the region has some 300 bytes. */
const ANSWER_BYTES_MAX = 16 * 1024;

export class Probe implements DispatchHandler {
  readonly #connections: TargetConnections;
  readonly #path: string;
  readonly #done: (result: ProbeResult, lateMs: number) => void;
  readonly #startedMs = performance.now();
  readonly #cancelTimeout: () => void;
  #connection: TargetConnection;
  #fresh: boolean;
  #written = false;
  #status = 0;
  #json = false;
  #body = '';
  #over = false;

  /** `done` is called once after {@link start}, unless {@link cancel} came first; `lateMs`: by how much this process was late with a timeout. */
  constructor(connections: TargetConnections, path: string, timeoutMs: number, fresh: boolean, done: (result: ProbeResult, lateMs: number) => void) {
    this.#connections = connections;
    this.#path = path;
    this.#fresh = fresh;
    this.#done = done;
    this.#cancelTimeout = startTimeout(timeoutMs, (lateMs) => this.#fail('timeout', lateMs));
    this.#connection = fresh ? connections.acquireFresh() : connections.acquire();
    if (!this.#connection.usable) this.#fresh = true;
  }

  start(): void {
    this.#send();
  }

  cancel(): void {
    if (this.#over) return;
    this.#end();
    this.#connections.discard(this.#connection);
  }

  onRequestStart(): void {
    this.#written = true;
  }

  onResponseStart(_controller: DispatchController, status: number, headers: ResponseHeaders): void {
    this.#status = status;
    this.#json = String(headers['content-type'] ?? '').startsWith('application/json');
  }

  onResponseData(_controller: DispatchController, chunk: Buffer): void {
    if (this.#over || !this.#json) return;
    this.#body += chunk.toString('latin1');
    if (this.#body.length > ANSWER_BYTES_MAX) this.#json = false;
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#end();
    if (this.#fresh) this.#connections.releaseSpare(this.#connection);
    else this.#connections.release(this.#connection);
    const answer = this.#json ? readHealthAnswer(Buffer.from(this.#body, 'latin1').toString('utf8')) : null;
    const rttMs = performance.now() - this.#startedMs;
    if (this.#status >= 200 && this.#status < 300) this.#done({ ok: true, rttMs, answer }, 0);
    else this.#done({ ok: false, failure: 'status', rttMs, answer }, 0);
  }

  onResponseError(_controller: DispatchController | null, error: Error): void {
    if (this.#over) return;
    const cause = failureCause(error, this.#written);
    if (cause === 'reset' && !this.#fresh && this.#status === 0) {
      this.#fresh = true;
      this.#written = false;
      this.#connections.discard(this.#connection);
      this.#connection = this.#connections.acquireFresh();
      this.#send();
      return;
    }
    this.#fail(cause === 'protocol' ? 'status' : cause === 'own' ? 'timeout' : 'refused');
  }

  #send(): void {
    this.#connection.client.dispatch({ path: this.#path, method: 'GET', headers: ['user-agent', 'azimuth-check'] }, this);
  }

  #fail(failure: 'timeout' | 'refused' | 'status', lateMs = 0): void {
    if (this.#over) return;
    this.#end();
    this.#connections.discard(this.#connection);
    this.#done({ ok: false, failure, rttMs: performance.now() - this.#startedMs, answer: null }, lateMs);
  }

  #end(): void {
    this.#over = true;
    this.#cancelTimeout();
  }
}

/** The answer of a program of the region; null for anything else, such as a foreign target's own JSON. */
export function readHealthAnswer(text: string): HealthAnswer | null {
  let value: Partial<HealthAnswer> | null;
  try {
    value = JSON.parse(text) as Partial<HealthAnswer> | null;
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { status, instanceId, bootId, version, eventLoopLagMs, load, firstAttempts } = value;
  if ((status !== 'ok' && status !== 'draining' && status !== 'ill') || typeof instanceId !== 'string' || typeof bootId !== 'string') return null;
  return {
    status,
    instanceId,
    bootId,
    version: typeof version === 'string' ? version : '',
    eventLoopLagMs: typeof eventLoopLagMs === 'number' ? eventLoopLagMs : 0,
    load: isLoad(load) ? load : null,
    firstAttempts: isFirstAttempts(firstAttempts) ? firstAttempts : null,
  };
}

function isLoad(value: unknown): value is NonNullable<HealthAnswer['load']> {
  if (typeof value !== 'object' || value === null) return false;
  const { busy, waiting, limit } = value as Record<string, unknown>;
  return isCount(busy) && isCount(waiting) && isCount(limit);
}

function isFirstAttempts(value: unknown): value is NonNullable<HealthAnswer['firstAttempts']> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((zone: { sent?: unknown; failed?: unknown } | null) => isCount(zone?.sent) && isCount(zone?.failed));
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
