import { describe, expect, it } from 'vitest';
import { refuseRequest, type GuardedRequest } from './request-guard.ts';

const PORT = 8090;
const JSON_BODY = { host: 'localhost:8090', 'content-type': 'application/json' };

const TABLE: { what: string; request: GuardedRequest; refused: string | null }[] = [
  { what: 'curl reads', request: { method: 'GET', headers: { host: '127.0.0.1:8090' } }, refused: null },
  { what: 'curl kills', request: { method: 'POST', headers: { ...JSON_BODY, host: '127.0.0.1:8090' } }, refused: null },
  { what: 'its own page kills', request: { method: 'POST', headers: { ...JSON_BODY, origin: 'http://localhost:8090', 'sec-fetch-site': 'same-origin' } }, refused: null },
  { what: 'IPv6 loopback', request: { method: 'GET', headers: { host: '[::1]:8090' } }, refused: null },
  { what: 'the host in capitals', request: { method: 'GET', headers: { host: 'LOCALHOST:8090' } }, refused: null },
  { what: 'JSON with a charset', request: { method: 'PUT', headers: { ...JSON_BODY, 'content-type': 'application/json; charset=utf-8' } }, refused: null },
  { what: 'a DELETE without a body', request: { method: 'DELETE', headers: { host: 'localhost:8090' } }, refused: null },
  { what: 'a DELETE with an empty body', request: { method: 'DELETE', headers: { host: 'localhost:8090', 'content-length': '0' } }, refused: null },

  { what: 'an address that was typed', request: { method: 'GET', headers: { host: 'localhost:8090', 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' } }, refused: null },
  { what: 'a link on another site', request: { method: 'GET', headers: { host: 'localhost:8090', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } }, refused: null },
  { what: 'its own page reads', request: { method: 'GET', headers: { host: 'localhost:8090', 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' } }, refused: null },

  { what: 'a page of another site that listens to events', request: { method: 'GET', headers: { host: 'localhost:8090', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a page of another port that loads an image', request: { method: 'GET', headers: { host: 'localhost:8090', 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  ...['iframe', 'frame', 'embed', 'object', 'fencedframe'].map((dest) => ({
    what: `a page of another site that shows it in ${dest}`, request: { method: 'GET', headers: { host: 'localhost:8090', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': dest } }, refused: 'AZ_FORBIDDEN_ORIGIN',
  })),
  { what: 'a rebound name reads', request: { method: 'GET', headers: { host: 'evil.example:8090' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a rebound name kills', request: { method: 'POST', headers: { ...JSON_BODY, host: 'evil.example:8090' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a name that only begins like ours', request: { method: 'GET', headers: { host: 'localhost:8090.evil.example' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'another port', request: { method: 'GET', headers: { host: 'localhost:8080' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'no port', request: { method: 'GET', headers: { host: 'localhost' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'no host', request: { method: 'GET', headers: {} }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a page of another origin', request: { method: 'POST', headers: { ...JSON_BODY, origin: 'https://evil.example' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a page of another port', request: { method: 'POST', headers: { ...JSON_BODY, origin: 'http://localhost:8080' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'our own name over https', request: { method: 'POST', headers: { ...JSON_BODY, origin: 'https://localhost:8090' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a sandboxed frame or a file', request: { method: 'POST', headers: { ...JSON_BODY, origin: 'null' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a browser that says cross-site', request: { method: 'POST', headers: { ...JSON_BODY, 'sec-fetch-site': 'cross-site' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a browser that says same-site (another port of localhost)', request: { method: 'DELETE', headers: { host: 'localhost:8090', 'sec-fetch-site': 'same-site' } }, refused: 'AZ_FORBIDDEN_ORIGIN' },
  { what: 'a form', request: { method: 'POST', headers: { ...JSON_BODY, 'content-type': 'application/x-www-form-urlencoded' } }, refused: 'AZ_MEDIA_TYPE' },
  { what: 'a form with a file', request: { method: 'POST', headers: { ...JSON_BODY, 'content-type': 'multipart/form-data; boundary=x' } }, refused: 'AZ_MEDIA_TYPE' },
  { what: 'plain text that looks like JSON', request: { method: 'POST', headers: { ...JSON_BODY, 'content-type': 'text/plain' } }, refused: 'AZ_MEDIA_TYPE' },
  { what: 'a type that only begins like JSON', request: { method: 'POST', headers: { ...JSON_BODY, 'content-type': 'application/json-seq' } }, refused: 'AZ_MEDIA_TYPE' },
  { what: 'a POST without type and body', request: { method: 'POST', headers: { host: 'localhost:8090' } }, refused: 'AZ_MEDIA_TYPE' },
  { what: 'a PUT without type', request: { method: 'PUT', headers: { host: 'localhost:8090', 'content-length': '2' } }, refused: 'AZ_MEDIA_TYPE' },
  { what: 'a DELETE with a body that is no JSON', request: { method: 'DELETE', headers: { host: 'localhost:8090', 'content-length': '2', 'content-type': 'text/plain' } }, refused: 'AZ_MEDIA_TYPE' },
];

describe('the guard of the injector port', () => {
  it.each(TABLE)('$what', ({ request, refused }) => {
    expect(refuseRequest(request, PORT)?.code ?? null).toBe(refused);
  });

  it('takes the names that it was given, with their port, and no others', () => {
    const known = ['injector:8090', '127.0.0.1:18090'];
    const refused = (headers: GuardedRequest['headers'], method = 'GET'): string | null => refuseRequest({ method, headers }, PORT, known)?.code ?? null;
    expect(refused({ host: 'injector:8090' })).toBeNull();
    expect(refused({ host: '127.0.0.1:18090' })).toBeNull();
    expect(refused({ ...JSON_BODY, host: '127.0.0.1:18090', origin: 'http://127.0.0.1:18090' }, 'POST')).toBeNull();
    expect(refused({ host: 'injector' })).toBe('AZ_FORBIDDEN_ORIGIN');
    expect(refused({ host: 'injector:80' })).toBe('AZ_FORBIDDEN_ORIGIN');
    expect(refused({ host: 'injector.evil.example:8090' })).toBe('AZ_FORBIDDEN_ORIGIN');
    expect(refused({ ...JSON_BODY, host: 'injector:8090', origin: 'http://evil.example:8090' }, 'POST')).toBe('AZ_FORBIDDEN_ORIGIN');
  });

  it('takes a Host without a port on port 80, where clients leave it out', () => {
    expect(refuseRequest({ method: 'GET', headers: { host: 'localhost' } }, 80)).toBeNull();
  });
});
