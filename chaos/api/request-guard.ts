/**
 * Who may use the API of the region. A web page of another origin must not be able to kill anything, so:
 * - the Host header must name this port on this machine, or be one of the names that whoever started this program gave
 *   it (a page can rebind its own name to 127.0.0.1, but not to those);
 * - what changes something is refused when a browser says that another site sent it (`Origin`,
 *   `Sec-Fetch-Site`), and must be `application/json`, which a page cannot send elsewhere without asking
 *   first (CORS), and this port never allows it;
 * - what only reads is refused to another site's page as well, though it could not see the answer: it could keep the
 *   places of listeners taken. A link that a person follows is no page's doing; a frame in the page is.
 * Programs such as curl send neither header and pass.
 *
 * Reference: Fetch Metadata, https://www.w3.org/TR/fetch-metadata/; OWASP CSRF Prevention Cheat Sheet.
 */
import type { ErrorCode } from '#contracts/errors.ts';

const NAMES = ['localhost', '127.0.0.1', '[::1]'];
const READS = ['GET', 'HEAD'];
/** Without a body these cannot be sent by a form, nor by a page of another origin. */
const BODILESS = ['DELETE'];
/** Where a page shows another one inside itself (`Sec-Fetch-Dest`). */
const FRAMES = ['iframe', 'frame', 'embed', 'object', 'fencedframe'];

export interface GuardedRequest {
  method: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Refusal {
  code: ErrorCode;
  detail: string;
}

/**
 * @param port the one that it listens on
 * @param alsoKnownAs other values of the Host header, in lower case: a published port, a name on a network of containers
 * @returns null for a request that may pass
 */
export function refuseRequest(request: GuardedRequest, port: number, alsoKnownAs: readonly string[] = []): Refusal | null {
  const host = request.headers['host'];
  const isOwn = (text: string): boolean => isOwnHost(text, port) || alsoKnownAs.includes(text.toLowerCase());
  if (typeof host !== 'string' || !isOwn(host)) return { code: 'AZ_FORBIDDEN_ORIGIN', detail: 'Host header' };
  if (READS.includes(request.method)) return isReadByForeignPage(request) ? { code: 'AZ_FORBIDDEN_ORIGIN', detail: 'Sec-Fetch-Site header' } : null;
  const origin = request.headers['origin'];
  if (origin !== undefined && !isOwnOrigin(origin, isOwn)) return { code: 'AZ_FORBIDDEN_ORIGIN', detail: 'Origin header' };
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return { code: 'AZ_FORBIDDEN_ORIGIN', detail: 'Sec-Fetch-Site header' };
  if (BODILESS.includes(request.method) && !hasBody(request)) return null;
  return isJson(request.headers['content-type']) ? null : { code: 'AZ_MEDIA_TYPE', detail: 'even for an empty body' };
}

function isReadByForeignPage({ headers }: GuardedRequest): boolean {
  const site = headers['sec-fetch-site'];
  const isFollowed = headers['sec-fetch-mode'] === 'navigate' && !FRAMES.includes(String(headers['sec-fetch-dest']));
  return site !== undefined && site !== 'same-origin' && site !== 'none' && !isFollowed;
}

function isOwnHost(host: string, port: number): boolean {
  return NAMES.some((name) => host.toLowerCase() === `${name}:${port}` || (port === 80 && host.toLowerCase() === name));
}

function isOwnOrigin(origin: string | string[], isOwn: (host: string) => boolean): boolean {
  return typeof origin === 'string' && origin.startsWith('http://') && isOwn(origin.slice('http://'.length));
}

function isJson(contentType: string | string[] | undefined): boolean {
  return typeof contentType === 'string' && /^application\/json\s*(;|$)/i.test(contentType);
}

function hasBody({ headers }: GuardedRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
