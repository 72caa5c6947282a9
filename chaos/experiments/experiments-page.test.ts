import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXPERIMENT_METRICS, STANDING_METRICS, type MetricDeclaration } from '#contracts/experiment-metrics.ts';
import { FAULT_VERBS } from '#contracts/faults.ts';
import { THRESHOLDS } from '#chaos/verdict/thresholds.ts';
import { parseExperiment } from './reading/read.ts';
import { experimentJsonSchema } from './json-schema.ts';

const PAGE = readFileSync(new URL('../../docs/experiments.md', import.meta.url), 'utf8');

test('the page defines every metric as the judge does, and no other', () => {
  const declared: [string, MetricDeclaration][] = [...Object.entries(EXPERIMENT_METRICS), ...Object.entries(STANDING_METRICS)];
  const wanted = declared.map(([name, { unit, phases, definition }]) => `| \`${name}\` | ${unit} | ${phases.map((phase) => phase ?? 'the run').join(', ')} | ${definition} |`);
  expect(PAGE.split('\n').filter((line) => /^\| `[a-z_0-9]+` \| (?:ratio|ms|orders|menu reads|attempts|members|orders\/s) \|/.test(line))).toEqual(wanted);
});

test('the page publishes every threshold of INCONCLUSIVE', () => {
  const { hostGapMsMax, generatorLagMsP99Max, cpuShareMax, skewMsMax, hostSamplesMissingMax, offeredSigmas, baselineOrdersMin, tailOrdersMin, windowOrdersMin, touchedOrdersMin } = THRESHOLDS;
  const published = [
    `${hostGapMsMax} ms`, `${generatorLagMsP99Max} ms`, `${cpuShareMax * 100} %`, `${skewMsMax} ms`, `${hostSamplesMissingMax * 100} %`, `${offeredSigmas} sigma`,
    baselineOrdersMin, tailOrdersMin, windowOrdersMin, touchedOrdersMin,
  ].map(String);
  const table = PAGE.slice(PAGE.indexOf('| | at most, or at least |')).split('\n').filter((line) => line.startsWith('| ')).slice(1);
  expect(table.map((line) => line.split(' | ')[1]?.replace(/ \|$/, ''))).toEqual(published);
  expect(published).toHaveLength(Object.keys(THRESHOLDS).length);
});

test('the page names every field of the schema and every verb', () => {
  const names = new Set<string>();
  const collect = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties } = schema as { properties?: object };
    for (const name of Object.keys(properties ?? {})) names.add(name);
    for (const below of Object.values(schema)) collect(below);
  };
  collect(experimentJsonSchema());
  expect([...names]).toEqual(expect.arrayContaining([...FAULT_VERBS, 'hypothesis', 'max_duration']));
  expect([...names].filter((name) => !new RegExp(`\\b${name}\\b`).test(PAGE))).toEqual([]);
});

test('the document on the page is in order', () => {
  const [, text = ''] = /```yaml\n([^`]+)```/.exec(PAGE) ?? [];
  expect(parseExperiment(text, 'page').problems).toEqual([]);
});
