/**
 * A toxic as the API knows it, and how bodies become one. A rejected body changes nothing: every field is
 * read before any takes effect (the reference keeps those before the first bad one).
 */
import { REFUSALS, badBody } from './refusal.ts';
import type { Fields } from './lenient-json.ts';
import { TOXIC_KINDS, type ToxicKind } from './relay/toxic-kinds.ts';
import type { RelayToxic, Stream } from './relay/relay.ts';
import { toxicDraw, type DrawOf } from './draws.ts';

/** What a timer holds. */
const TTL_MS_MAX = 2 ** 31 - 1;

export interface Toxic {
  readonly name: string;
  readonly kind: ToxicKind;
  readonly stream: Stream;
  /** The stream's name as the client wrote it, which is echoed. */
  readonly streamAsGiven: string;
  /** Share of connections that it governs; not checked, so that anything above 1 is all and below 0 none. */
  readonly toxicity: number;
  /** Exactly the kind's own. */
  readonly attributes: Readonly<Record<string, number>>;
  /** The server removes it this long after it was created or last renewed; null for never. */
  readonly ttlMs: number | null;
}

/**
 * The checks come in the reference's order.
 * @param isTaken whether the proxy has a toxic of that name, in either direction
 * @throws Refusal
 */
export function readNewToxic(body: Fields, isTaken: (name: string) => boolean): Toxic {
  const givenName = body.text('name');
  const type = body.text('type') ?? '';
  const streamAsGiven = body.text('stream') ?? 'downstream';
  const toxicity = body.float('toxicity') ?? 1;
  const attributes = body.object('attributes');
  const ttlMs = readTtl(body);
  const stream = readStream(streamAsGiven);
  const kind = Object.hasOwn(TOXIC_KINDS, type) ? TOXIC_KINDS[type] : undefined;
  if (kind === undefined) throw REFUSALS.invalidToxicType();
  const name = givenName === undefined || givenName === '' ? `${type}_${streamAsGiven}` : givenName;
  if (isTaken(name)) throw REFUSALS.toxicExists();
  return { name, kind, stream, streamAsGiven, toxicity, attributes: readAttributes(kind, attributes, {}), ttlMs };
}

/** The toxic with what the body changes: attribute by attribute, toxicity, time to live. @throws Refusal */
export function readToxicUpdate(toxic: Toxic, body: Fields): Toxic {
  return {
    ...toxic,
    attributes: readAttributes(toxic.kind, body.object('attributes'), toxic.attributes),
    toxicity: body.float('toxicity') ?? toxic.toxicity,
    ttlMs: readTtl(body) ?? toxic.ttlMs,
  };
}

/** Whether the body of an update starts the time to live anew. @throws Refusal */
export function readTtl(body: Fields): number | null {
  const ttlMs = body.integer('ttl_ms');
  if (ttlMs === undefined) return null;
  if (ttlMs < 1 || ttlMs > TTL_MS_MAX) throw badBody(`"ttl_ms" must be from 1 to ${TTL_MS_MAX}`);
  return ttlMs;
}

/** As responses carry it. */
export function showToxic({ attributes, name, kind, streamAsGiven, toxicity, ttlMs }: Toxic): Record<string, unknown> {
  const shown = { attributes, name, type: kind.type, stream: streamAsGiven, toxicity };
  return ttlMs === null ? shown : { ...shown, ttl_ms: ttlMs };
}

/** As one connection meets it. */
export function toRelayToxic({ name, kind, stream, attributes, toxicity }: Toxic, who: DrawOf): RelayToxic {
  return { name, kind, stream, attributes, toxicity, draw: toxicDraw(who, name) };
}

function readStream(asGiven: string): Stream {
  const stream = asGiven.toLowerCase();
  if (stream === 'upstream' || stream === 'downstream') return stream;
  throw REFUSALS.invalidStream();
}

function readAttributes(kind: ToxicKind, given: Fields, before: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(kind.attributes.map((name) => [name, given.integer(name) ?? before[name] ?? 0]));
}
