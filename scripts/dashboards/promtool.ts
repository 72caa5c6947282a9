/** Runs promtool on our rules: what Prometheus itself says of them, and the cases that each alert must pass. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED } from '../../dashboards/generated-files.ts';
import { ROOT } from '../tool.ts';

export interface PromtoolRun {
  passed: boolean;
  output: string;
}

/** Syntax, and what its linter finds: rules that are there twice. */
export function checkRules(promtool: string): Promise<PromtoolRun> {
  return run(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ...filesIn(GENERATED.rules)]);
}

export function testRules(promtool: string): Promise<PromtoolRun> {
  return run(promtool, ['test', 'rules', ...filesIn(GENERATED.ruleTests)]);
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name));
}

function run(promtool: string, words: readonly string[]): Promise<PromtoolRun> {
  return new Promise((resolve) => {
    execFile(promtool, words, { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => resolve({ passed: error === null, output: `${stdout}${stderr}` }));
  });
}
