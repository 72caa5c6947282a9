import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const FIELDS = ['apiVersion', 'id', 'title', 'kind', 'matrix', 'az', 'arm', 'min', 'max', 'expect'];

it.each([['expct', 'expect'], ['Title', 'title'], ['ID', 'id'], ['mn', 'min'], ['matrx', 'matrix'], ['apiversion', 'apiVersion'], ['iid', 'id']])('%s was probably meant as %s', (text, name) => {
  expect(nearestName(text, FIELDS)).toBe(name);
});

it.each(['<<', 'k0', 'xy', 'xyz', 'foo', 'steady', ''])('%s resembles nothing, and nothing is guessed', (text) => {
  expect(nearestName(text, FIELDS)).toBeNull();
});
