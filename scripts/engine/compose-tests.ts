/** Runs the tests of the deployment, and says in one line what came of them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../tool.ts';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  /** Files whose tests could not even begin count here alone. */
  numFailedTestSuites: number;
}

export async function runComposeTests(filter: readonly string[]): Promise<{ exitCode: number; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-compose-'));
  const file = join(folder, 'report.json');
  try {
    const { exitCode } = await runTool('vitest', 'vitest', ['run', '--project', 'compose', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filter], 'inherit');
    return { exitCode, text: summary(readReport(file), exitCode) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function summary(report: Report | null, exitCode: number): string {
  if (report === null) return `Compose: no test ran to its end (exit code ${exitCode}).`;
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = report;
  if (numPassedTests + numFailedTests + numPendingTests + numFailedTestSuites === 0) return 'Compose: no test has such a name; none was run.';
  const leftOut = numPendingTests > 0 ? `, ${numPendingTests} left out` : '';
  // A failure outside of every test: in what a file does before them, or after all of them.
  const outside = exitCode !== 0 && numFailedTests === 0 ? (numFailedTestSuites > 0 ? '; a file failed outside its tests' : '; the run itself failed') : '';
  return `Compose: ${numPassedTests} passed, ${numFailedTests} failed${leftOut}${outside}.`;
}

function readReport(path: string): Report | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
  } catch {
    return null;
  }
}
