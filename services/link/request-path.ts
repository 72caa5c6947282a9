/**
 * Paths of requests as the reference's router sees them: decoded first, slashes and dots included, then
 * cleaned, then matched. Without this an escaped slash would be part of a name, and `/%70roxies` unknown.
 * https://pkg.go.dev/github.com/gorilla/mux#Router.UseEncodedPath
 */
import { posix } from 'node:path';

/** What Go escapes in a path and `encodeURI` does not. */
const ESCAPED_TOO = /[?#!'()*]/g;

/**
 * A request's target with nothing escaped but what has to be, for the router, which decodes once more.
 * Bytes that are no UTF-8 become U+FFFD; a malformed escape is left for the router to refuse.
 */
export function canonicalTarget(target: string): string {
  const { path, query } = split(target.replace(/^https?:\/\/[^/?]*/i, ''));
  if (!/^(?:[^%]|%[0-9a-f]{2})*$/i.test(path)) return target;
  const bytes = path.replaceAll(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const decoded = Buffer.from(bytes, 'latin1').toString('utf8');
  return decoded.split('/').map(encodeURIComponent).join('/') + query;
}

/** The decoded path of a canonical target. */
export function pathOf(target: string): string {
  return decodeURIComponent(split(target).path);
}

/** Where a canonical target is sent because its path is not clean (`//`, `.`, `..`); null when it is. */
export function cleanTarget(target: string): string | null {
  const path = pathOf(target);
  const clean = posix.normalize(path);
  if (clean === path) return null;
  return encodeURI(clean).replaceAll(ESCAPED_TOO, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`) + split(target).query;
}

function split(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  return at === -1 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at) };
}
