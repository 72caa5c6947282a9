/** What a report is about, line by line: which region, code and machine, under what load, and when. */
import type { Region } from '#contracts/region.ts';
import { bodyText } from '#kit/find-region.ts';
import { count, dateText } from './figure-text.ts';
import type { Report } from './report.ts';

export interface Provenance {
  name: string;
  value: string;
}

const GIB = 1024 ** 3;

/** Names and values; what the journal does not say reads "unknown". */
export function provenance({ verdict, runs }: Report): Provenance[] {
  const [first] = runs;
  const machine = runs.find((one) => one.machine !== null)?.machine ?? null;
  const rates = [...new Set(runs.map(({ facts }) => count(facts.ratePerSecond)))].join(', ');
  const commits = [...new Set(runs.map(({ commit }) => commit ?? 'unknown'))].join(', ');
  return [
    { name: 'experiment', value: verdict.experiment },
    { name: 'region', value: regionText(verdict.region, first?.body ?? null) },
    { name: 'begun', value: dateText(first?.startedMs ?? null) },
    { name: 'rate', value: rates === '' ? 'unknown' : `${rates} orders/s` },
    { name: 'seed', value: String(verdict.seed) },
    { name: 'commit', value: commits === '' ? 'unknown' : commits },
    { name: 'processor', value: machine?.processor ?? 'unknown' },
    { name: 'memory', value: machine === null ? 'unknown' : `${(machine.memoryBytes / GIB).toFixed(1)} GiB` },
    { name: 'system', value: machine === null ? 'unknown' : `${machine.system}, Node ${machine.node}` },
  ];
}

function regionText(name: string, body: Region['body'] | null): string {
  return body === null ? name : `${name}, ${bodyText(body)}`;
}
