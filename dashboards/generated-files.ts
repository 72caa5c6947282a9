/**
 * What our typed code is turned into: the files that Prometheus and Grafana load. They are committed, so that
 * `docker compose up` needs no Node; a test says when they are stale.
 */
import { everyDashboard } from './grafana/all.ts';
import { alertFile, recordingFile } from './rules/rule-files.ts';
import { testFiles } from './rules/test-files.ts';

/** Where generated files lie, from the root of the checkout. */
export const GENERATED = { grafana: 'dashboards/generated/grafana', rules: 'dashboards/generated/rules', ruleTests: 'dashboards/rules/tests' } as const;

/** Texts by path from the root of the checkout. */
export function generatedFiles(): Map<string, string> {
  const files = new Map([
    [`${GENERATED.rules}/recording.yml`, recordingFile()],
    [`${GENERATED.rules}/alerts.yml`, alertFile()],
  ]);
  for (const dashboard of everyDashboard()) {
    const name = (dashboard.title ?? '').toLowerCase().replaceAll(' ', '-');
    files.set(`${GENERATED.grafana}/${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`);
  }
  for (const [alert, text] of testFiles()) files.set(`${GENERATED.ruleTests}/${alert}.yml`, text);
  return files;
}
