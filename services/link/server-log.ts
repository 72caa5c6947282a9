/**
 * The log of the server alone: the reference's habit, which log shippers are set up for: one JSON object a
 * line with `level` as a word, `time` and `message`, from `info` on.
 */
import { pino, type Logger } from 'pino';
import { ConfigError } from '#kit/config.ts';

/** The reference's levels, and pino's for each. */
const LEVELS: Readonly<Record<string, string>> = {
  trace: 'trace', debug: 'debug', info: 'info', warn: 'warn', warning: 'warn', error: 'error', fatal: 'fatal', panic: 'fatal', disabled: 'silent', silent: 'silent',
};

/** @throws ConfigError for an unknown `LOG_LEVEL` */
export function createServerLog(env: NodeJS.ProcessEnv = process.env): Logger {
  const asked = (env['LOG_LEVEL'] || 'info').toLowerCase();
  const level = Object.hasOwn(LEVELS, asked) ? LEVELS[asked] : undefined;
  if (level === undefined) throw new ConfigError(`LOG_LEVEL=${JSON.stringify(asked)} is not allowed: it must be one of ${Object.keys(LEVELS).join(', ')}`);
  return pino(
    { level, base: null, messageKey: 'message', timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    pino.destination({ fd: 2, sync: true }),
  );
}
