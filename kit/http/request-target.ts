/**
 * Reads a request target (RFC 9112, 3.2): origin-form, absolute-form (whose authority wins over `Host` and
 * which travels on in origin-form) and, for OPTIONS only, asterisk-form. Raw control characters, spaces,
 * non-ASCII bytes and fragments are refused: what one hop normalises the next may read otherwise.
 */
import { isHost } from './host.ts';

export interface RequestTarget {
  /** Origin-form, or `*`. */
  path: string;
  /** Of an absolute-form target; null when `Host` decides. */
  authority: string | null;
}

const FORBIDDEN = /[^\x21-\x7e]|#/;
const ABSOLUTE = /^http:\/\/([^/?]*)(.*)$/i;

/** @returns null when the target is malformed */
export function readTarget(method: string, target: string): RequestTarget | null {
  if (FORBIDDEN.test(target)) return null;
  if (target.charCodeAt(0) === 0x2f) return { path: target, authority: null };
  if (target === '*') return method === 'OPTIONS' ? { path: '*', authority: null } : null;
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) return null;
  const [, authority = '', rest = ''] = absolute;
  if (!isHost(authority)) return null;
  if (rest === '') return { path: method === 'OPTIONS' ? '*' : '/', authority };
  return { path: rest.startsWith('/') ? rest : `/${rest}`, authority };
}
