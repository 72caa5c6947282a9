/** `node scripts/dashboards/generate.ts`: writes what Prometheus and Grafana load, and takes away what nothing makes any more. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GENERATED, generatedFiles } from '../../dashboards/generated-files.ts';
import { ROOT } from '../tool.ts';

const files = generatedFiles();
for (const [path, text] of files) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}
for (const folder of Object.values(GENERATED)) {
  for (const name of readdirSync(join(ROOT, folder))) if (!files.has(`${folder}/${name}`)) rmSync(join(ROOT, folder, name));
}
process.stderr.write(`${files.size} files under dashboards/generated and dashboards/rules/tests are up to date\n`);
