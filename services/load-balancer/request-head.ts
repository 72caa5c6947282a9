/**
 * Reads the head of a customer's request in one pass: what is wrong with it, what the balancer needs to know
 * of it, and the headers that travel on. Node's parser has already refused what breaks the framing; what it
 * lets through and a proxy must not is refused here (RFC 9112, 3.2, 6.1; RFC 9110, 7.6, 10.1.1).
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';
import { isHopByHop, namedFields } from '#kit/http/connection-options.ts';
import { isHost } from '#kit/http/host.ts';
import { readTarget } from '#kit/http/request-target.ts';
import { isTraceparent } from '#kit/http/trace-context.ts';

/** Ids made here: unique by the process, then by a counter. */
const BOOT = randomUUID().slice(0, 13);
let lastRequest = 0;
/** Of every balancer of the region, in `Via`. */
const PSEUDONYM = 'azimuth';
const FIELDS_MAX = 100;
const TARGET_LENGTH_MAX = 8 * 1024;
const REQUEST_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;
const AZ = /^[A-Za-z0-9-]{1,64}$/;
const DEADLINE = /^[0-9]{1,6}$/;
/** Safe to send again without a key (RFC 9110, 9.2.2); TRACE is never forwarded. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH']);

export interface HeadRules {
  /** Keep and extend the forwarding headers that came in, instead of replacing them, and believe what the hop above says of its attempts. */
  trustForwarded: boolean;
  /** Patience of callers that state none, milliseconds; null for no limit. */
  defaultBudgetMs: number | null;
  /** Longest body, bytes. */
  bodyBytesMax: number;
}

export interface RequestHead {
  method: string;
  /** Origin-form, or `*`. */
  path: string;
  /** What the request is for; null for HTTP/1.0 without `Host`. */
  host: string | null;
  requestId: string;
  replayable: boolean;
  budgetMs: number | null;
  /** Attempt number by which the hop above sent it. */
  attemptAbove: number;
  /** AZ in which the hop above saw it fail; null for none. */
  avoidZone: string | null;
  /** Null where only the end of the chunks tells. */
  contentLength: number | null;
  hasBody: boolean;
  /** Nothing after it can be read: Node's parser loses what follows a request whose `Upgrade` is ignored. */
  isLast: boolean;
  /** Another balancer of the region sent it on. */
  cameByAzimuth: boolean;
  /** Fields to forward, names and values in turn; without length, attempt, AZ to avoid and deadline. */
  fields: string[];
}

/** How a field name is treated. */
type Treatment =
  | 'forward' | 'drop' | 'host' | 'connection' | 'length' | 'coding' | 'expect' | 'upgrade' | 'key' | 'id' | 'deadline' | 'attempt' | 'avoid'
  | 'for' | 'fhost' | 'proto' | 'forwarded' | 'via' | 'trace' | 'state' | 'hops';

interface NameRule {
  name: string;
  treatment: Treatment;
}

const TREATMENTS = new Map<string, Treatment>([
  ['host', 'host'], ['connection', 'connection'], ['content-length', 'length'], ['transfer-encoding', 'coding'], ['expect', 'expect'],
  ['upgrade', 'upgrade'], ['max-forwards', 'hops'], ['tracestate', 'state'], [HEADER.idempotencyKey, 'key'], [HEADER.requestId, 'id'],
  [HEADER.deadlineMs, 'deadline'], [HEADER.attempt, 'attempt'], [HEADER.avoidAz, 'avoid'], [HEADER.forwardedFor, 'for'], [HEADER.forwardedHost, 'fhost'],
  [HEADER.forwardedProto, 'proto'], [HEADER.forwarded, 'forwarded'], [HEADER.via, 'via'], [HEADER.traceparent, 'trace'],
  // Of the same family; nobody else of the region reads them, so they are never kept.
  ['x-forwarded-port', 'drop'], ['x-forwarded-server', 'drop'], ['x-real-ip', 'drop'],
]);

/** Spellings seen so far. Bounded, because clients choose them. */
const NAME_RULES = new Map<string, NameRule>();
const NAME_RULES_MAX = 2000;

function nameRule(spelling: string): NameRule {
  const known = NAME_RULES.get(spelling);
  if (known !== undefined) return known;
  const name = spelling.toLowerCase();
  const rule: NameRule = { name, treatment: TREATMENTS.get(name) ?? (isHopByHop(name) ? 'drop' : 'forward') };
  if (NAME_RULES.size < NAME_RULES_MAX) NAME_RULES.set(spelling, rule);
  return rule;
}

/** @returns a code of the catalogue when the request must be refused */
export function readRequestHead(request: IncomingMessage, peer: string, rules: HeadRules): RequestHead | ErrorCode {
  if (request.httpVersionMajor !== 1) return 'AZ_VERSION';
  const method = request.method ?? '';
  const target = request.url ?? '';
  if (target.length > TARGET_LENGTH_MAX) return 'AZ_URI_TOO_LONG';
  const raw = request.rawHeaders;
  if (raw.length > 2 * FIELDS_MAX) return 'AZ_HEADERS_TOO_LARGE';
  const is10 = request.httpVersionMinor === 0;

  const fields: string[] = [];
  let host: string | null = null;
  let connection: string | null = null;
  let upgrade: string | null = null;
  let contentLength: number | null = null;
  let chunked = false;
  let keyed = false;
  let requestId = '';
  let budgetMs = rules.defaultBudgetMs;
  let attemptAbove = 1;
  let avoidZone: string | null = null;
  let via = '';
  let forwardedFor = '';
  let forwardedHost = '';
  let forwardedProto = '';
  let forwarded = '';
  let traceparent = '';
  let tracestate = '';
  let hopsLeft = -1;

  for (let i = 0; i < raw.length; i += 2) {
    const value = raw[i + 1] as string;
    const { name, treatment } = nameRule(raw[i] as string);
    switch (treatment) {
      case 'forward':
        fields.push(name, value);
        break;
      case 'drop':
        break;
      case 'host':
        if (host !== null) return 'AZ_BAD_HOST';
        host = value;
        break;
      case 'connection':
        connection = join(connection, value);
        break;
      case 'length':
        // The parser takes one field of digits only.
        contentLength = Number(value);
        if (!Number.isSafeInteger(contentLength)) return 'AZ_BAD_FRAMING';
        break;
      case 'coding':
        if (chunked || is10 || value.toLowerCase() !== 'chunked') return 'AZ_BAD_FRAMING';
        chunked = true;
        break;
      case 'expect':
        if (!is10 && value.toLowerCase() !== '100-continue') return 'AZ_EXPECT';
        break;
      case 'upgrade':
        upgrade = join(upgrade, value);
        break;
      case 'key':
        keyed = value !== '';
        fields.push(name, value);
        break;
      case 'id':
        if (REQUEST_ID.test(value)) requestId = value;
        break;
      case 'deadline':
        if (DEADLINE.test(value)) budgetMs = Number(value);
        break;
      case 'attempt':
        if (rules.trustForwarded && value === '2') attemptAbove = 2;
        break;
      case 'avoid':
        if (rules.trustForwarded && AZ.test(value)) avoidZone = value;
        break;
      case 'via':
        via = via === '' ? value : `${via}, ${value}`;
        break;
      case 'for':
        forwardedFor = join(forwardedFor || null, value);
        break;
      case 'fhost':
        forwardedHost = value;
        break;
      case 'proto':
        forwardedProto = value;
        break;
      case 'forwarded':
        forwarded = join(forwarded || null, value);
        break;
      case 'trace':
        traceparent = traceparent === '' && isTraceparent(value) ? value : '?';
        break;
      case 'state':
        tracestate = join(tracestate || null, value);
        break;
      case 'hops':
        if (method === 'OPTIONS' && /^[0-9]{1,9}$/.test(value)) hopsLeft = Number(value);
        else fields.push(name, value);
        break;
    }
  }

  if (method === 'TRACE' || method === 'CONNECT') return 'AZ_METHOD';
  const where = readTarget(method, target);
  if (where === null) return 'AZ_BAD_TARGET';
  if (host === null ? !is10 : !isHost(host)) return 'AZ_BAD_HOST';
  if (where.authority !== null) host = where.authority;
  const upgrades = upgrade !== null && connection !== null && isUpgradeNamed(connection);
  if (upgrades && !is10 && !isIgnorable(upgrade as string)) return 'AZ_UPGRADE';
  if (contentLength !== null && contentLength > rules.bodyBytesMax) return 'AZ_BODY_TOO_LARGE';

  const named = connection === null ? null : namedFields(connection);
  const forward = named === null ? fields : without(fields, named);
  // Whoever may not be forwarded to any more answers itself (RFC 9110, 7.6.2).
  const path = hopsLeft === 0 ? '*' : where.path;
  if (hopsLeft > 0) forward.push('max-forwards', String(hopsLeft - 1));
  if (traceparent.length > 1) {
    forward.push(HEADER.traceparent, traceparent);
    if (tracestate !== '') forward.push('tracestate', tracestate);
  }
  if (requestId === '') requestId = `${BOOT}-${(lastRequest += 1).toString(36)}`;
  const hop = is10 ? `1.0 ${PSEUDONYM}` : `1.1 ${PSEUDONYM}`;
  forward.push(HEADER.requestId, requestId, HEADER.via, via === '' ? hop : `${via}, ${hop}`);
  const trusted = rules.trustForwarded;
  const node = peer.includes(':') ? `"[${peer}]"` : peer;
  const element = host === null ? `for=${node};proto=http` : `for=${node};host="${host}";proto=http`;
  forward.push(
    HEADER.forwardedFor, trusted && forwardedFor !== '' ? `${forwardedFor}, ${peer}` : peer,
    HEADER.forwardedProto, trusted && forwardedProto !== '' ? forwardedProto : 'http',
    HEADER.forwarded, trusted && forwarded !== '' ? `${forwarded}, ${element}` : element,
  );
  if (host !== null) forward.push('host', host, HEADER.forwardedHost, trusted && forwardedHost !== '' ? forwardedHost : host);
  return {
    method, path, host, requestId, budgetMs, attemptAbove, avoidZone, contentLength,
    replayable: keyed || IDEMPOTENT.has(method),
    hasBody: chunked || (contentLength !== null && contentLength > 0),
    isLast: upgrades,
    cameByAzimuth: via.includes(PSEUDONYM),
    fields: forward,
  };
}

function isUpgradeNamed(connection: string): boolean {
  return connection.toLowerCase().split(',').some((option) => option.trim() === 'upgrade');
}

/** `h2c` may be ignored (RFC 9110, 7.8), so that `curl --http2` works; any other protocol is refused clearly. */
function isIgnorable(upgrade: string): boolean {
  return upgrade.toLowerCase().split(',').every((protocol) => ['h2c', ''].includes(protocol.trim()));
}

function without(fields: string[], named: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    if (!named.has(fields[i] as string)) kept.push(fields[i] as string, fields[i + 1] as string);
  }
  return kept;
}

function join(before: string | null, value: string): string {
  return before === null ? value : `${before}, ${value}`;
}
