/**
 * What an activity may be. A provider that is not run here is refused by its name, never left out: an experiment that did
 * half of what it says would be judged as if it had done all.
 */
import type { Path } from '#chaos/experiments/reading/source.ts';
import { checkTolerance } from './check-tolerance.ts';

type Report = (path: Path, message: string) => void;
type Fields = Readonly<Record<string, unknown>>;

/** @param place of the hypothesis a probe needs a tolerance, and nothing is in the background */
export function checkActivity(activity: unknown, path: Path, place: 'hypothesis' | 'method' | 'rollbacks', report: Report): void {
  if (!isFields(activity)) return report(path, 'it must be an activity: type, name, provider');
  const { type, name, provider, pauses, background, controls, tolerance } = activity;
  if (type !== 'probe' && type !== 'action') report([...path, 'type'], 'it must be probe or action');
  else if (place === 'hypothesis' && type === 'action') report([...path, 'type'], 'a hypothesis looks and acts on nothing: it must be probe');
  if (typeof name !== 'string' || name === '') report([...path, 'name'], 'it must be a text');
  if (background !== undefined && typeof background !== 'boolean') report([...path, 'background'], 'it must be true or false');
  if (background === true && place !== 'method') report([...path, 'background'], 'only activities of the method go on in the background');
  if (controls !== undefined) report([...path, 'controls'], 'controls are Python and are not run here: run it with "chaos run", or leave them out');
  if (tolerance !== undefined) checkTolerance(tolerance, [...path, 'tolerance'], report);
  else if (place === 'hypothesis') report(path, 'a probe of the hypothesis needs a tolerance');
  checkPauses(pauses, [...path, 'pauses'], report);
  checkProvider(provider, [...path, 'provider'], report);
}

function checkPauses(pauses: unknown, path: Path, report: Report): void {
  if (pauses === undefined) return;
  if (!isFields(pauses)) return report(path, 'it must be before and after, in seconds');
  for (const [when, seconds] of Object.entries(pauses)) {
    const isNumber = typeof seconds === 'number' && seconds >= 0;
    const isNamed = typeof seconds === 'string' && /^\$\{\w+\}$/.test(seconds);
    if (when !== 'before' && when !== 'after') report([...path, when], 'it must be before or after');
    else if (!isNumber && !isNamed) report([...path, when], 'it must be seconds, or ${name} of a configured number');
  }
}

function checkProvider(provider: unknown, path: Path, report: Report): void {
  if (!isFields(provider)) return report(path, 'it must say its type, process or http');
  const { type, path: program, url, method, headers, timeout, arguments: given } = provider;
  if (provider['verify_tls'] === false) report([...path, 'verify_tls'], 'certificates are always checked: set NODE_EXTRA_CA_CERTS to your own');
  switch (type) {
    case 'process':
      if (typeof program !== 'string' || program === '') report([...path, 'path'], 'it must be a program');
      if (given !== undefined && (given === null || (typeof given !== 'string' && typeof given !== 'object'))) report([...path, 'arguments'], 'it must be a text, a list, or names with values');
      if (timeout !== undefined && !isSeconds(timeout)) report([...path, 'timeout'], 'it must be seconds above 0');
      return;
    case 'http':
      if (typeof url !== 'string' || !/^(?:https?:\/\/|\$\{)/.test(url)) report([...path, 'url'], 'it must be an address that begins with http:// or https://');
      if (method !== undefined && (typeof method !== 'string' || !/^[A-Za-z]+$/.test(method))) report([...path, 'method'], 'it must be a method such as GET');
      if (headers !== undefined && (!isFields(headers) || !Object.values(headers).every((value) => typeof value === 'string'))) report([...path, 'headers'], 'it must be names with texts');
      if (given !== undefined && !isFields(given)) report([...path, 'arguments'], 'it must be names with values');
      if (timeout !== undefined && !isSeconds(timeout) && !(Array.isArray(timeout) && timeout.length === 2 && timeout.every(isSeconds))) report([...path, 'timeout'], 'it must be seconds above 0, or two of them');
      return;
    case 'python':
      return report([...path, 'type'], `python (${pythonName(provider)}) is not run here: run it with "chaos run", or call it as a process, such as python3 with "-c"`);
    default:
      report([...path, 'type'], `${JSON.stringify(type) ?? 'nothing'} must be process or http`);
  }
}

function pythonName({ module, func }: Fields): string {
  return [module, func].filter((part) => typeof part === 'string').join('.') || 'unnamed';
}

function isSeconds(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
