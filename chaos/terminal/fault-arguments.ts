/**
 * What is typed behind a verb that breaks something. A value that cannot be meant is refused here, before a
 * region is looked for: nothing is half done, and the error names what may be given.
 */
import { InvalidArgumentError } from 'commander';
import { AVAILABILITY_ZONES, isAvailabilityZone } from '#contracts/labels.ts';
import { LEASE_MS_MAX, REASON_LENGTH_MAX } from '#contracts/faults.ts';

const DELAY_MS_MAX = 60_000;
const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `2h`, in milliseconds. @throws InvalidArgumentError */
export function parseLease(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const leaseMs = Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  if (leaseMs >= 1000 && leaseMs <= LEASE_MS_MAX) return leaseMs;
  throw new InvalidArgumentError('It must be a time from 1s to 72h, such as 90s, 10m or 2h.');
}

/** An AZ that no region has is told at once, whether a region runs or not. @throws InvalidArgumentError */
export function parseTarget(text: string): string {
  const zone = /^az\d+/.exec(text)?.[0];
  if (zone === undefined || isAvailabilityZone(zone)) return text;
  throw new InvalidArgumentError(`There is no ${zone}: the AZs are ${AVAILABILITY_ZONES.join(', ')}.`);
}

/** A whole AZ: only an AZ has a link. @throws InvalidArgumentError */
export function parseZone(text: string): string {
  if (isAvailabilityZone(text)) return text;
  throw new InvalidArgumentError(`It must be a whole AZ: ${AVAILABILITY_ZONES.join(', ')}.`);
}

/** Some words. @throws InvalidArgumentError */
export function parseReason(text: string): string {
  const reason = text.trim();
  if (reason !== '' && reason.length <= REASON_LENGTH_MAX) return reason;
  throw new InvalidArgumentError(`It must be some words, ${REASON_LENGTH_MAX} letters at most.`);
}

/** Milliseconds from 1. @throws InvalidArgumentError */
export function parseDelay(text: string): number {
  return milliseconds(text, 1);
}

/** Milliseconds from 0. @throws InvalidArgumentError */
export function parseJitter(text: string): number {
  return milliseconds(text, 0);
}

/** A share of one above zero. @throws InvalidArgumentError */
export function parseShare(text: string): number {
  const share = Number(text);
  if (/^(?:0?\.\d{1,6}|1(?:\.0+)?)$/.test(text) && share > 0) return share;
  throw new InvalidArgumentError('It must be a share above 0 and up to 1, such as 0.3.');
}

/** What a service that fails answers. @throws InvalidArgumentError */
export function parseStatus(text: string): 500 | 503 {
  if (text === '500') return 500;
  if (text === '503') return 503;
  throw new InvalidArgumentError('It must be 500 or 503.');
}

function milliseconds(text: string, leastMs: number): number {
  const ms = Number(/^(\d{1,5})(?:ms)?$/.exec(text)?.[1]);
  if (ms >= leastMs && ms <= DELAY_MS_MAX) return ms;
  throw new InvalidArgumentError(`It must be whole milliseconds from ${leastMs} to ${DELAY_MS_MAX}, such as 400.`);
}
