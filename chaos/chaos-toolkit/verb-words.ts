/** A fault as somebody types it: the words behind `./azimuth`. The other way round than the commands read them; a test compares the two. */
import type { StatedFault } from '#chaos/verdict/stated-fault.ts';

/** @param leaseMs after which it heals by itself; rounded up to whole seconds */
export function verbWords(fault: StatedFault, leaseMs: number): string[] {
  const { verb, target, peer, latencyMs, jitterMs, oneWay, refuse, share, silent, rate, status, afterWork, service, health } = fault;
  const options: [string, string | number | boolean | undefined][] = [
    ['latency', latencyMs], ['jitter', jitterMs], ['one-way', oneWay], ['refuse', refuse], ['share', share], ['silent', silent],
    ['rate', rate], ['status', status], ['after-work', afterWork], ['service', service], ['health', health],
  ];
  const detail = options.flatMap(([name, value]) => (value === undefined || value === false ? [] : value === true ? [`--${name}`] : [`--${name}`, String(value)]));
  return [verb, target, ...(peer === undefined ? [] : [peer]), ...detail, '--for', `${Math.ceil(leaseMs / 1000)}s`, '--watch', '0'];
}
