// What promtool does not say of our rules: that each recorded series is used, that each alert has its cases.
import { expect, test } from 'vitest';
import { readPromql } from '../checks/promql-tree.ts';
import { everyQuery } from '../queries.ts';
import { ALERT_RULES } from './alerts.ts';
import { failedShareAt, PAGE_WINDOWS, TICKET_WINDOWS } from './burn-rate.ts';
import { RECORDING_RULES } from './recording.ts';
import { ALERT_CASES } from './test-files.ts';

const metricsOf = (expr: string): string[] => readPromql(expr).selectors.map(({ metric }) => metric);

/** Recorded series that panels and alerts need, directly or through another. */
function neededSeries(): Set<string> {
  const needed = new Set(everyQuery((expr) => expr).filter(({ origin }) => origin !== 'recording').flatMap(({ expr }) => metricsOf(expr)));
  for (const { record, expr } of [...RECORDING_RULES].reverse()) if (needed.has(record)) for (const metric of metricsOf(expr)) needed.add(metric);
  return needed;
}

test('every recorded series is used by a panel or an alert', () => {
  const needed = neededSeries();
  expect(RECORDING_RULES.map(({ record }) => record).filter((record) => !needed.has(record))).toEqual([]);
});

test('a rule uses only what is recorded above it', () => {
  const above: string[] = [];
  for (const { record, expr } of RECORDING_RULES) {
    expect(metricsOf(expr).filter((metric) => metric.includes(':') && !above.includes(metric)), record).toEqual([]);
    above.push(record);
  }
});

test('names are not given twice', () => {
  const names = [...RECORDING_RULES.map(({ record }) => record), ...ALERT_RULES.map(({ alert }) => alert)];
  expect(new Set(names).size).toBe(names.length);
});

test('every alert has a case that fires it and a near miss that must not', () => {
  const counts = ALERT_RULES.map(({ alert }) => [alert, ALERT_CASES.filter((one) => one.alert === alert && one.fires.length > 0 && one.nearMisses.length > 0).length]);
  expect(counts.filter(([, count]) => count !== 1)).toEqual([]);
  expect(ALERT_CASES).toHaveLength(ALERT_RULES.length);
});

test('there are pages and tickets, and both say more than their name', () => {
  expect(new Set(ALERT_RULES.map(({ severity }) => severity))).toEqual(new Set(['page', 'ticket']));
  for (const { summary, description } of ALERT_RULES) {
    expect(summary).toMatch(/^.{20,110}\.$/);
    expect(description.length).toBeGreaterThan(summary.length / 2);
  }
});

test('the longer a burn is watched, the slower it may be', () => {
  const all = [...PAGE_WINDOWS, ...TICKET_WINDOWS];
  expect(all.map(({ factor }) => factor)).toEqual([14.4, 6, 3]);
  expect(failedShareAt(14.4)).toBe(0.0144);
});
