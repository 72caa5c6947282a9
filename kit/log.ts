/**
 * The log of a program: pino, JSON lines on standard error (standard output belongs to results).
 * There is no access log by default: at 600 requests/s over 22 processes it would cost more than the
 * requests. What is logged is what changed: states, faults, errors.
 */
import { pino, type Logger } from 'pino';
import { ConfigError } from './config.ts';

/** Levels of the log, from all to nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * @param instance endpoint name, on every line
 * @param level least level that is written; default `LOG_LEVEL`, else `warn`
 * @throws ConfigError for an unknown level
 */
export function createLogger(instance: string, level: string = process.env['LOG_LEVEL'] || 'warn'): Logger {
  if (!(LOG_LEVELS as readonly string[]).includes(level)) {
    throw new ConfigError(`LOG_LEVEL=${JSON.stringify(level)} is not allowed: it must be one of ${LOG_LEVELS.join(', ')}`);
  }
  return pino({ level, base: { instance }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
