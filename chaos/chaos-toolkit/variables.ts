/**
 * Configuration and secrets of an experiment: values from the environment, and their place in the texts that name them as
 * `${name}`. A text that is one name alone becomes the value in its own type. A name that nobody configured stays as it is,
 * since it may be the shell's. Configuration goes before secrets.
 *
 * Reference: chaoslib, `configuration.py`, `secret.py`, `__init__.py` (`substitute`).
 */
import type { EnvironmentVariable, ToolkitExperiment } from './experiment.ts';

export type Variables = ReadonlyMap<string, unknown>;
type Environment = Readonly<Record<string, string | undefined>>;
type Report = (path: readonly string[], message: string) => void;

const NAME = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** @param report told of every value that the environment should have and has not, or has in another type */
export function readVariables({ configuration = {}, secrets = {} }: Pick<ToolkitExperiment, 'configuration' | 'secrets'>, env: Environment, report: Report): Variables {
  const variables = new Map<string, unknown>();
  const take = (values: Readonly<Record<string, unknown>>, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(values)) variables.set(name, isFromEnvironment(value) ? fromEnvironment(value, env, (message) => report([...path, name], message)) : value);
  };
  for (const [group, values] of Object.entries(secrets)) take(values, ['secrets', group]);
  take(configuration, ['configuration']);
  return variables;
}

/** The same with every name filled in, at any depth. Keys stay as they are. */
export function filledIn(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return filledInText(value, variables);
  if (Array.isArray(value)) return value.map((one) => filledIn(one, variables));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filledIn(one, variables)]));
  return value;
}

export function isFromEnvironment(value: unknown): value is EnvironmentVariable {
  return typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'env';
}

function filledInText(text: string, variables: Variables): unknown {
  const [, alone] = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/.exec(text) ?? [];
  if (alone !== undefined && variables.has(alone)) return variables.get(alone);
  return text.replaceAll(NAME, (written, name: string) => (variables.has(name) ? String(variables.get(name)) : written));
}

function fromEnvironment(variable: EnvironmentVariable, env: Environment, complain: (message: string) => void): unknown {
  const { key, env_var_type: type = 'str' } = variable;
  // Of one without a name all has been said.
  if (typeof key !== 'string') return undefined;
  const text = env[key];
  if (text === undefined) {
    if (!('default' in variable)) complain(`the environment has no ${key}, and there is no default: set it`);
    return variable.default;
  }
  const value = converted(text, type);
  if (value === undefined) complain(`${key} of the environment is "${text}", which is no ${type}`);
  return value;
}

/** Undefined for a text that is no such value. */
function converted(text: string, type: NonNullable<EnvironmentVariable['env_var_type']>): unknown {
  if (type === 'int') return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  if (type === 'float') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (type === 'bool') return ['true', '1', 'yes', 'on'].includes(text.toLowerCase()) ? true : ['false', '0', 'no', 'off', ''].includes(text.toLowerCase()) ? false : undefined;
  if (type !== 'json') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
