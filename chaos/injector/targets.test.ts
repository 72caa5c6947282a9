import { describe, expect, it } from 'vitest';
import type { AzimuthError } from '#contracts/errors.ts';
import type { Endpoint } from '#contracts/region.ts';
import { resolveTarget } from './targets.ts';

function endpoint(name: string, role: Endpoint['role'], az: Endpoint['az'] = null, dc: string | null = null): Endpoint {
  return { name, role, az, dc, service: null, scope: 'zonal', address: null, admin: null, program: 'a.ts', networks: [], environment: {} };
}

const ENDPOINTS = [
  endpoint('front-door', 'front-door'),
  endpoint('az1-load-balancer', 'load-balancer', 'az1'),
  endpoint('az1-kitchen-a', 'service', 'az1', 'az1-dc1'),
  endpoint('az1-kitchen-b', 'service', 'az1', 'az1-dc2'),
  endpoint('az2-kitchen-a', 'service', 'az2', 'az2-dc1'),
  endpoint('customers', 'customers'),
  endpoint('injector', 'injector'),
  endpoint('controller', 'controller'),
];

function refusal(text: string): { code: string; message: string } {
  try {
    resolveTarget(ENDPOINTS, text);
  } catch (error) {
    return error as AzimuthError;
  }
  throw new Error(`${text} was taken`);
}

describe('a target', () => {
  it('that is an AZ means everything in it, the load balancer too', () => {
    expect(resolveTarget(ENDPOINTS, 'az1')).toEqual({ kind: 'az', zone: 'az1', members: ['az1-load-balancer', 'az1-kitchen-a', 'az1-kitchen-b'] });
  });

  it('that is a data centre means its replicas alone', () => {
    expect(resolveTarget(ENDPOINTS, 'az1-dc2')).toEqual({ kind: 'dc', zone: 'az1', members: ['az1-kitchen-b'] });
  });

  it('that is a replica means itself', () => {
    expect(resolveTarget(ENDPOINTS, 'az2-kitchen-a')).toEqual({ kind: 'replica', zone: 'az2', members: ['az2-kitchen-a'] });
  });

  it.each(['front-door', 'customers', 'injector', 'controller'])('that is the %s is refused with the reason', (name) => {
    expect(refusal(name)).toMatchObject({ code: 'AZ_REFUSED_TARGET', message: expect.stringContaining(`${name}: `) as string });
  });

  it.each([
    ['az4', 'did you mean az1?'],
    ['az1-kichen-a', 'did you mean az1-kitchen-a?'],
    ['AZ1', 'did you mean az1?'],
    ['az1-dc3', 'did you mean az1-dc1?'],
  ])('that is unknown (%s) is answered with the nearest name', (text, hint) => {
    expect(refusal(text)).toMatchObject({ code: 'AZ_UNKNOWN_TARGET', message: expect.stringContaining(hint) as string });
  });

  it.each(['', 'everything', '__proto__', 'x'.repeat(64)])('that resembles nothing (%s) is unknown without a guess', (text) => {
    const { code, message } = refusal(text);
    expect(code).toBe('AZ_UNKNOWN_TARGET');
    expect(message).not.toContain('did you mean');
  });
});
