import { describe, expect, test } from 'vitest';
import { isTraceparent } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('a traceparent', () => {
  test.each([`00-${TRACE}-${PARENT}-01`, `cc-${TRACE}-${PARENT}-01`, `cc-${TRACE}-${PARENT}-01-later`])('%s is one', (text) =>
    expect(isTraceparent(text)).toBe(true));
  test.each([
    '', `ff-${TRACE}-${PARENT}-01`, `00-${'0'.repeat(32)}-${PARENT}-01`, `00-${TRACE}-${'0'.repeat(16)}-01`, `00-${TRACE.toUpperCase()}-${PARENT}-01`,
    `00-${TRACE}-${PARENT}-01-extra`, `00-${TRACE}-${PARENT}`, ` 00-${TRACE}-${PARENT}-01`,
  ])('%j is none', (text) => expect(isTraceparent(text)).toBe(false));
});
