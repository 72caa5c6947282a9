/** A rate as it is typed: orders per second, or the name of one. */
import { InvalidArgumentError } from 'commander';
import type { Rate } from '../capacity/rate.ts';

/** @throws InvalidArgumentError, which the command line prints as usage */
export function parseRate(text: string): Rate {
  if (text === 'rest' || text === 'peak') return text;
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate <= 20_000) return rate;
  throw new InvalidArgumentError('It must be a number from 0 to 20000, "rest" or "peak".');
}
