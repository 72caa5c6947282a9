import { expect, test } from 'vitest';
import { parserRefusal } from './parser-refusal.ts';

const line = (length: number): Buffer => Buffer.from(`GET /${'a'.repeat(length)}`);

test.each([
  ['HPE_HEADER_OVERFLOW', line(20_000), 'AZ_URI_TOO_LONG'],
  ['HPE_HEADER_OVERFLOW', Buffer.concat([line(10), Buffer.from(' HTTP/1.1\r\n'), line(20_000)]), 'AZ_HEADERS_TOO_LARGE'],
  ['HPE_HEADER_OVERFLOW', undefined, 'AZ_HEADERS_TOO_LARGE'],
  ['HPE_INVALID_METHOD', Buffer.from('BREW / HTTP/1.1\r\n'), 'AZ_METHOD'],
  ['HPE_INVALID_METHOD', Buffer.from('\x16\x03\x01 a TLS hello'), 'AZ_MALFORMED'],
  ['HPE_INVALID_VERSION', Buffer.from('GET / HTTP/3.0\r\n'), 'AZ_VERSION'],
  ['HPE_INVALID_VERSION', Buffer.from('GET / HTTP/1.1\n'), 'AZ_MALFORMED'],
  ['HPE_INVALID_TRANSFER_ENCODING', undefined, 'AZ_BAD_FRAMING'],
  ['ERR_HTTP_REQUEST_TIMEOUT', undefined, 'AZ_REQUEST_TIMEOUT'],
  ['HPE_SOMETHING_NEW', undefined, 'AZ_MALFORMED'],
  ['ECONNRESET', undefined, null],
] as const)('%s is %j: %s', (code, packet, expected) => {
  expect(parserRefusal(code, packet)).toBe(expected);
});
