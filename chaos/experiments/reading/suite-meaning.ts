/** What a schema cannot say of a suite: that its experiments are there, and each is in it once. */
import type { WrittenSuite } from '#contracts/experiment-schema.ts';
import { nearestName } from '#chaos/injector/nearest-name.ts';
import { isPath, shippedNames } from '../shipped-names.ts';
import type { Path } from './source.ts';

/** Files that it names are looked for when it is run. @param isSound whether a field of the document has its shape */
export function checkSuite({ experiments }: WrittenSuite, isSound: (field: string) => boolean, report: (path: Path, message: string) => void): void {
  if (!isSound('experiments')) return;
  const names = shippedNames();
  const seen = new Set<string>();
  for (const [index, { experiment }] of experiments.entries()) {
    const path = ['experiments', index, 'experiment'];
    if (seen.has(experiment)) report(path, `${experiment} stands here twice`);
    seen.add(experiment);
    if (isPath(experiment) || names.includes(experiment)) continue;
    const nearest = nearestName(experiment, names);
    report(path, `there is no experiment "${experiment}"${nearest === null ? '' : `; did you mean ${nearest}?`}`);
  }
}
