/**
 * Reads a program's configuration from its environment: once, at start, before anything is opened.
 * It guards against the program that starts with half of what was meant: every bad variable is named in
 * one message, with its value and what is allowed, so that one look repairs them all.
 *
 * An empty variable counts as unset, because Compose turns `${X:-}` into an empty string.
 */
import { Check } from 'typebox/schema';
import type { Static, TObject, TSchema } from 'typebox';

/** Configuration that cannot be used. Its message is complete: it names every bad value and the remedy. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** The JSON Schema keywords that decide how text is converted and how the allowed values are described. */
interface Rule {
  type?: string;
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  pattern?: string;
  default?: unknown;
  description?: string;
}

/**
 * Converts and checks the variables that `schema` names; others are ignored.
 * @param schema flat object of strings, numbers, integers, booleans and enumerations, with defaults
 * @returns a frozen object; optional variables that are unset are absent
 * @throws ConfigError naming every bad variable
 */
export function readConfig<S extends TObject>(schema: S, env: NodeJS.ProcessEnv = process.env): Readonly<Static<S>> {
  const config: Record<string, unknown> = {};
  const problems: string[] = [];
  const required = new Set(schema.required as string[] | undefined);
  for (const [name, property] of Object.entries(schema.properties as Record<string, TSchema>)) {
    const rule = property as Rule;
    const text = env[name];
    if (text === undefined || text === '') {
      if (rule.default !== undefined) config[name] = rule.default;
      else if (required.has(name)) problems.push(`${name} is not set: it must be ${allowed(rule)}`);
      continue;
    }
    const value = convert(rule, text);
    if (Check(property, value)) config[name] = value;
    else problems.push(`${name}=${JSON.stringify(text)} is not allowed: it must be ${allowed(rule)}`);
  }
  if (problems.length > 0) throw new ConfigError(`bad configuration in the environment:\n  ${problems.join('\n  ')}`);
  return Object.freeze(config) as Readonly<Static<S>>;
}

/** Text that is no plain decimal stays text, so that the check refuses it ("0x10", "1e3 ", "Infinity"). */
function convert(rule: Rule, text: string): unknown {
  if (rule.type === 'number' || rule.type === 'integer') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (rule.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function allowed(rule: Rule): string {
  const fallback = rule.default === undefined ? '' : `, default ${String(rule.default)}`;
  const what = rule.description === undefined ? '' : ` (${rule.description})`;
  return kind(rule) + fallback + what;
}

function kind(rule: Rule): string {
  if (rule.enum !== undefined) return `one of ${rule.enum.map(String).join(', ')}`;
  if (rule.type === 'boolean') return 'true or false';
  if (rule.type === 'number' || rule.type === 'integer') {
    const noun = rule.type === 'integer' ? 'a whole number' : 'a number';
    if (rule.minimum !== undefined && rule.maximum !== undefined) return `${noun} from ${rule.minimum} to ${rule.maximum}`;
    if (rule.minimum !== undefined) return `${noun} of at least ${rule.minimum}`;
    if (rule.maximum !== undefined) return `${noun} of at most ${rule.maximum}`;
    return noun;
  }
  return rule.pattern === undefined ? 'text' : `text that matches ${rule.pattern}`;
}
