/**
 * Tells an answer in which the hop below gave up from one of the application. Whoever is left in an AZ that dies has
 * nobody to send to and says so; only the hop above can reach another AZ.
 */
import type { ErrorCode } from '#contracts/errors.ts';

/** Nobody that the hop below asked did answer: `unsent`, nothing was done; `sent`, it may have been. */
export type GaveUp = 'unsent' | 'sent';

const CODES: ReadonlyMap<unknown, GaveUp> = new Map<ErrorCode, GaveUp>([
  ['AZ_NO_TARGET', 'unsent'],
  ['AZ_ATTEMPT_FAILED', 'sent'],
  ['AZ_RETRY_FAILED', 'sent'],
]);

/** @param code of the answer (`x-azimuth-error`); anything else is an answer, errors among them, and gives null */
export function gaveUp(code: unknown): GaveUp | null {
  return CODES.get(code) ?? null;
}
