/**
 * Finds flags that npm took for its own because `--` was forgotten: `npm run demo --az az2` starts the demo
 * without `--az`, and the wrong AZ dies. npm leaves what it took in `npm_config_*` variables; only names
 * that the command knows are looked at, so that npm's own settings are left alone.
 * https://docs.npmjs.com/cli/commands/npm-run-script
 */
export interface KnownFlag {
  /** Long form without the dashes, such as `one-way`. */
  name: string;
  takesValue: boolean;
}

/** Verbs of npm that need no `run`. */
const SHORT = new Set(['start', 'test']);

/**
 * @param flags what the command that is about to run knows
 * @param given words that did reach it
 * @returns the sentence that says what to type instead, or null when nothing was swallowed
 */
export function swallowedFlags(env: Readonly<Record<string, string | undefined>>, flags: readonly KnownFlag[], given: readonly string[]): string | null {
  const script = env['npm_lifecycle_event'];
  if (script === undefined) return null;
  const words = [...given];
  const swallowed: string[] = [];
  for (const flag of flags) {
    if (words.some((word) => word === `--${flag.name}` || word.startsWith(`--${flag.name}=`))) continue;
    const value = valueOf(env, flag.name);
    // npm writes an empty string for a setting that is switched off.
    if (value === undefined || value === '') continue;
    swallowed.push(`--${flag.name}`);
    if (!flag.takesValue) continue;
    // npm knows nothing of our flags and takes one without "=" for a switch; its value came through as a word.
    const text = value === 'true' ? words.shift() : value;
    if (text !== undefined) swallowed.push(text);
  }
  if (swallowed.length === 0) return null;
  const command = SHORT.has(script) ? `npm ${script}` : `npm run ${script}`;
  const flagsSeen = swallowed.filter((word) => word.startsWith('--')).join(', ');
  const sentence = `npm kept ${flagsSeen} for itself, so the command never saw it. Put "--" before it: ${command} -- ${[...words, ...swallowed].join(' ')}`;
  return swallowed.includes('--silent') ? `${sentence}\nIf npm was to be silent and nothing else, use ./azimuth ${words.join(' ')}` : sentence;
}

/** npm writes a flag under its own name, but for the one that is short for a log level. */
function valueOf(env: Readonly<Record<string, string | undefined>>, flag: string): string | undefined {
  if (flag === 'silent') return env['npm_config_loglevel'] === 'silent' ? 'true' : undefined;
  return env[`npm_config_${flag.replaceAll('-', '_')}`];
}
