/** What the region looked like when a test failed: it is healed or gone by the time somebody reads of it. */
import { afterEach, beforeEach } from 'vitest';
import { tryCompose } from './containers.fixture.ts';
import { REGION } from './place.fixture.ts';

/** To be called in a `describe`: prints states and the end of the logs behind each failure. */
export function printLogsOfFailures(): void {
  let since = '';
  beforeEach(() => {
    since = new Date().toISOString();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const states = await tryCompose(['ps', '--all', '--format', 'table {{.Service}}\t{{.Status}}']);
    const logs = await tryCompose(['logs', '--no-color', '--since', since, '--tail', '15']);
    process.stderr.write(`\n--- "${task.name}" failed in ${REGION} ---\n${states.stdout}${states.stderr}${logs.stdout.slice(-12_000)}---\n`);
  });
}
