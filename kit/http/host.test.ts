import { describe, expect, test } from 'vitest';
import { hostName, isHost } from './host.ts';

describe('a host is uri-host with an optional port', () => {
  test.each(['a', 'shop.example', 'shop.example:80', 'shop.example:', '127.0.0.1:65535', 'a_b~c', 'caf%C3%A9', '[::1]', '[::1]:80', '[2001:db8::1]', '[v1.a:b]', "a!$&'()*+,;=b", '-x'])(
    '%s is one',
    (text) => expect(isHost(text)).toBe(true),
  );
  test.each(['', ' a', 'a b', 'a/b', 'a?b', 'a#b', 'u@a', 'a:b', 'a:65536', 'a:-1', 'a:80:80', '::1', '[::1', '[::1]a', '[::1%25eth0]', '[1.2.3.4]', '[]', '%zz', '%4', 'a\0b', 'a\\b', '<a>', 'caf\u00e9', 'a"b', ':80'])(
    '%j is none',
    (text) => expect(isHost(text)).toBe(false),
  );
});

test('the name of a host is without port and in lower case', () => {
  expect(hostName('Kitchen')).toBe('kitchen');
  expect(hostName('kitchen:80')).toBe('kitchen');
  expect(hostName('[::1]:80')).toBe('[::1]');
  expect(hostName('[::1]')).toBe('[::1]');
});
