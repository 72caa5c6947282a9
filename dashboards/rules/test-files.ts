/** The cases as promtool reads them: a file for each alert, which runs against the rules as they are loaded. */
import { SCRAPE_INTERVAL_S } from '../promql.ts';
import { ALERT_RULES } from './alerts.ts';
import { AVAILABILITY_CASES } from './cases/availability.ts';
import { BALANCING_CASES } from './cases/balancing.ts';
import type { AlertCases, FiringSituation, Situation } from './cases/case.ts';
import { OBSERVING_CASES } from './cases/observing.ts';
import { ZONE_CASES } from './cases/zones.ts';
import { runbookOf, type AlertRule } from './rule.ts';
import { toYaml } from './rule-files.ts';

export const ALERT_CASES: readonly AlertCases[] = [...AVAILABILITY_CASES, ...ZONE_CASES, ...BALANCING_CASES, ...OBSERVING_CASES];

/** Texts by name of the alert. */
export function testFiles(): Map<string, string> {
  return new Map(ALERT_CASES.map((cases) => [cases.alert, testFile(cases)]));
}

function testFile({ alert, fires, nearMisses }: AlertCases): string {
  const rule = ALERT_RULES.find((one) => one.alert === alert);
  if (rule === undefined) throw new Error(`no rule is called ${alert}; its cases are in dashboards/rules/cases`);
  const tests = [
    ...fires.map((situation) => test(alert, `fires: ${situation.what}`, situation, [expected(rule, situation)])),
    ...nearMisses.map((situation) => test(alert, `does not fire: ${situation.what}`, situation, [])),
  ];
  return toYaml({ rule_files: ['../../generated/rules/recording.yml', '../../generated/rules/alerts.yml'], evaluation_interval: '5s', tests });
}

function test(alert: string, name: string, { series, at }: Situation, alerts: object[]): object {
  const inputs = series.map((one) => ({ series: one.series, values: one.values }));
  return { name, interval: `${SCRAPE_INTERVAL_S}s`, input_series: inputs, alert_rule_test: [{ eval_time: at, alertname: alert, exp_alerts: alerts }] };
}

function expected({ alert, severity, summary, description }: AlertRule, situation: FiringSituation): object {
  return {
    exp_labels: { severity, ...situation.labels },
    exp_annotations: { summary: render(summary, situation), description: render(description, situation), runbook_url: runbookOf(alert) },
  };
}

/** What Prometheus makes of a template: labels that are missing are empty. */
function render(template: string, { labels, value = '' }: FiringSituation): string {
  return template.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_all, name: string) => labels[name] ?? '').replaceAll(/\{\{ \$value[^}]*\}\}/g, value);
}
