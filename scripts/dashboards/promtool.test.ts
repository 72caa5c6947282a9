// The rules as Prometheus reads them. Without promtool nothing is known of them: that is a failure, unless it is waived by name.
import { beforeAll, describe, expect, test } from 'vitest';
import { ALERT_RULES } from '../../dashboards/rules/alerts.ts';
import { findPromtool } from '../reference/prometheus-binary.ts';
import { checkRules, testRules } from './promtool.ts';

const WAIVER = 'AZIMUTH_WAIVE_PROMTOOL';
/** It may have to be built. */
const BUILD_MS = 15 * 60_000;

describe('rules', () => {
  let promtool: string | null = null;
  beforeAll(async () => {
    const found = await findPromtool((text) => process.stderr.write(`${text}\n`));
    if ('path' in found) promtool = found.path;
    else if (process.env[WAIVER] === '1') process.stderr.write(`WAIVED by ${WAIVER}: rules and alerts were NOT tested. ${found.missing}\n`);
    else throw new Error(`${found.missing} Rules and alerts cannot be tested without promtool; ${WAIVER}=1 does without.`);
  }, BUILD_MS);

  test('are valid', async () => {
    if (promtool === null) return;
    const { passed, output } = await checkRules(promtool);
    expect(passed, output).toBe(true);
    expect(output).toContain(`SUCCESS: ${ALERT_RULES.length} rules found`);
  }, 60_000);

  test('fire when they should, and at no near miss', async () => {
    if (promtool === null) return;
    const { passed, output } = await testRules(promtool);
    expect(passed, output).toBe(true);
    expect(output.match(/SUCCESS/g)).toHaveLength(ALERT_RULES.length);
  }, 120_000);
});
