/**
 * Reads a Chaos Toolkit experiment, JSON or YAML: the experiment and its variables, or all its mistakes, each with its line
 * and its path in the document. Never half of it: what is not run here is a mistake.
 */
import type { Problem } from '#kit/region/problem.ts';
import { Source, type Path } from '#chaos/experiments/reading/source.ts';
import { checkActivity, isFields } from './check-activity.ts';
import type { Activity, ToolkitExperiment } from './experiment.ts';
import { isFromEnvironment, readVariables, type Variables } from './variables.ts';

export type ReadToolkit = { experiment: ToolkitExperiment; variables: Variables; problems: [] } | { experiment: null; problems: Problem[] };

type Environment = Readonly<Record<string, string | undefined>>;
type Fields = Readonly<Record<string, unknown>>;

/** Whether a document is meant as one: a method or a steady state, and not of Azimuth's own kinds. */
export function isToolkitExperiment(text: string): boolean {
  const written = valueOf(text);
  return isFields(written) && written['apiVersion'] === undefined && ('method' in written || 'steady-state-hypothesis' in written);
}

/** Null for a text that cannot be read. */
function valueOf(text: string): unknown {
  try {
    const source = new Source(text, '');
    return source.isBroken ? null : source.value();
  } catch (error) {
    // Nested without end: no experiment, and whoever reads it next says so.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** @param env where variables of type env are from */
export function readToolkitExperiment(text: string, file: string, env: Environment): ReadToolkit {
  const source = new Source(text, file);
  if (source.isBroken) return { experiment: null, problems: source.problems() };
  const report = (path: Path, message: string): void => source.report(path, message);
  const written = source.value();
  if (!isFields(written)) {
    report([], 'an experiment has a title and a method');
    return { experiment: null, problems: source.problems() };
  }
  const resolved = withReferences(written, report);
  checkFields(resolved, report);
  const experiment = resolved as unknown as ToolkitExperiment;
  const variables = readVariables({ configuration: fieldsOf(resolved['configuration']), secrets: groupsOf(resolved['secrets']) }, env, report);
  const problems = source.problems();
  return problems.length === 0 ? { experiment, variables, problems: [] } : { experiment: null, problems };
}

function checkFields(written: Fields, report: (path: Path, message: string) => void): void {
  const { title, configuration, secrets, controls, method, rollbacks } = written;
  const hypothesis = written['steady-state-hypothesis'];
  if (typeof title !== 'string' || title === '') report(['title'], 'it must be a text');
  if (controls !== undefined) report(['controls'], 'controls are Python and are not run here: run it with "chaos run", or leave them out');
  checkRuntime(fieldsOf(written['runtime']), report);
  checkVariables(configuration, ['configuration'], report);
  if (secrets !== undefined && !isFields(secrets)) report(['secrets'], 'it must be groups of names with values');
  for (const [group, values] of Object.entries(fieldsOf(secrets))) checkVariables(values, ['secrets', group], report);
  const checkList = (list: unknown, path: Path, place: 'hypothesis' | 'method' | 'rollbacks'): void => {
    if (!Array.isArray(list)) report(path, 'it must be a list of activities');
    else for (const [at, activity] of list.entries()) checkActivity(activity, [...path, at], place, report);
  };
  if (hypothesis !== undefined) {
    const { title: claim, probes = [] } = fieldsOf(hypothesis);
    if (typeof claim !== 'string' || claim === '') report(['steady-state-hypothesis', 'title'], 'it must be a text');
    checkList(probes, ['steady-state-hypothesis', 'probes'], 'hypothesis');
  }
  checkList(method, ['method'], 'method');
  if (rollbacks !== undefined) checkList(rollbacks, ['rollbacks'], 'rollbacks');
}

/** Strategies that say something else than what is done: the verdict would be of another experiment. */
function checkRuntime(runtime: Fields, report: (path: Path, message: string) => void): void {
  const [hypothesis, rollbacks] = [runtime['hypothesis'], runtime['rollbacks']].map((part) => fieldsOf(part)['strategy']);
  if (hypothesis !== undefined && hypothesis !== 'default') report(['runtime', 'hypothesis', 'strategy'], 'the hypothesis is looked at before the method and after it: run it with "chaos run", or leave this out');
  if (rollbacks !== undefined && rollbacks !== 'default' && rollbacks !== 'always') report(['runtime', 'rollbacks', 'strategy'], 'rollbacks always run here: leave this out');
}

function checkVariables(values: unknown, path: Path, report: (path: Path, message: string) => void): void {
  if (values === undefined) return;
  if (!isFields(values)) return report(path, 'it must be names with values');
  for (const [name, value] of Object.entries(values)) {
    if (!isFields(value) || typeof value['type'] !== 'string') continue;
    if (value['type'] === 'vault' || value['type'] === 'probe') report([...path, name, 'type'], `${value['type']} is not read here: use env`);
    else if (isFromEnvironment(value) && typeof value.key !== 'string') report([...path, name, 'key'], 'it must be the name of a variable of the environment');
  }
}

/** Each `{ref: name}` is the activity of that name. */
function withReferences(written: Fields, report: (path: Path, message: string) => void): Fields {
  const hypothesis = fieldsOf(written['steady-state-hypothesis']);
  const named = [hypothesis['probes'], written['method'], written['rollbacks']].flatMap((list): unknown[] => (Array.isArray(list) ? list : [])).filter((one): one is Activity & Fields => isFields(one) && typeof one['name'] === 'string');
  const resolve = (list: unknown, path: Path): unknown => {
    if (!Array.isArray(list)) return list;
    return list.map((one: unknown, at) => {
      if (!isFields(one) || one['ref'] === undefined) return one;
      const meant = named.find(({ name }) => name === one['ref']);
      if (meant === undefined) report([...path, at, 'ref'], `no activity is called ${JSON.stringify(one['ref'])}`);
      return meant ?? one;
    });
  };
  return {
    ...written,
    ...(written['method'] === undefined ? {} : { method: resolve(written['method'], ['method']) }),
    ...(written['rollbacks'] === undefined ? {} : { rollbacks: resolve(written['rollbacks'], ['rollbacks']) }),
  };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function groupsOf(value: unknown): Readonly<Record<string, Fields>> {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([group, values]) => [group, fieldsOf(values)]));
}
