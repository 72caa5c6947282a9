import { describe, expect, test } from 'vitest';
import { readAddress, readTargetArgument } from './target-argument.ts';

test('a target is a zone and an http origin', () => {
  expect(readTargetArgument('az1=http://127.0.0.1:9001')).toEqual({ id: '127.0.0.1:9001', zone: 'az1', url: 'http://127.0.0.1:9001' });
  expect(readTargetArgument('eu-1=http://app.local/')).toEqual({ id: 'app.local', zone: 'eu-1', url: 'http://app.local' });
});

describe('a target that cannot be one is refused with what it must be', () => {
  test.each([
    ['http://127.0.0.1:9001', 'zone'],
    ['=http://a', 'zone'],
    ['az1=127.0.0.1:9001', 'URL'],
    ['az1=https://a', 'http only'],
    ['az1=http://a/path', 'without path'],
    ['az1=http://u@a', 'without path'],
  ])('%s', (text, said) => expect(() => readTargetArgument(text)).toThrow(said));
});

test('an address is a host and a port', () => {
  expect(readAddress('0.0.0.0:80')).toEqual({ host: '0.0.0.0', port: 80 });
  expect(readAddress('[::1]:8000')).toEqual({ host: '::1', port: 8000 });
  expect(readAddress('8000')).toEqual({ host: '127.0.0.1', port: 8000 });
});

test.each(['', 'a', 'a:', ':80', 'a:65536', 'a:-1', '::1:80', 'http://a:80'])('%j is no address', (text) => {
  expect(() => readAddress(text)).toThrow('host');
});
