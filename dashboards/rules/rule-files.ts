/** Our rules as the files that Prometheus loads. */
import { stringify } from 'yaml';
import { ALERT_RULES } from './alerts.ts';
import { RECORDING_RULES } from './recording.ts';
import { runbookOf } from './rule.ts';

const HEADER = '# Generated from dashboards/rules by `node scripts/dashboards/generate.ts`; changes here are lost.\n';
/** As often as dashboards refresh. */
const INTERVAL = '5s';

export function recordingFile(): string {
  const rules = RECORDING_RULES.map(({ record, expr }) => ({ record, expr }));
  return toYaml({ groups: [{ name: 'azimuth-recorded', interval: INTERVAL, rules }] });
}

export function alertFile(): string {
  const rules = ALERT_RULES.map(({ alert, expr, for: duration, severity, summary, description }) => ({
    alert,
    expr,
    for: duration,
    labels: { severity },
    annotations: { summary, description, runbook_url: runbookOf(alert) },
  }));
  return toYaml({ groups: [{ name: 'azimuth-alerts', interval: INTERVAL, rules }] });
}

export function toYaml(document: object): string {
  return HEADER + stringify(document, { lineWidth: 0 });
}
