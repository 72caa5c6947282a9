/** `./azimuth check`: types, lint, dead code and the rules of the house, in seconds, before anything is run. */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';

interface Part {
  name: string;
  passed: boolean;
  tookMs: number;
  /** What is wrong; empty when nothing is. */
  output: string;
}

export function checkCommand(): Command {
  return new Command('check')
    .description('check types, lint, dead code and the rules of the house')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExit codes: 0 all is well, 1 something is not.')
    .action(async ({ json }: { json?: boolean }) => {
      const { printJson, printResult } = await import('#kit/command-line.ts');
      const began = performance.now();
      const parts = await Promise.all([
        tool('types', 'typescript', 'tsc', ['--noEmit', '-p', '.']),
        tool('lint', 'oxlint', 'oxlint', ['--config', '.oxlintrc.json', '--deny-warnings', '--format', 'unix']),
        tool('dead code', 'knip', 'knip', ['--no-progress', '--treat-config-hints-as-errors']),
        houseRules(),
      ]);
      const passed = parts.every((part) => part.passed);
      if (json === true) printJson({ passed, parts });
      else printResult(render(parts, performance.now() - began));
      process.exitCode = passed ? EXIT.PASS : EXIT.FAIL;
    });
}

async function tool(name: string, packageName: string, bin: string, args: readonly string[]): Promise<Part> {
  const { runTool } = await import('./tool.ts');
  const { exitCode, output, tookMs } = await runTool(packageName, bin, args, 'collect');
  return { name, passed: exitCode === 0, tookMs, output: exitCode === 0 ? '' : output.trim() };
}

async function houseRules(): Promise<Part> {
  const began = performance.now();
  const [{ findOffences, readHouse }, { ROOT }] = await Promise.all([import('./tidy.ts'), import('./tool.ts')]);
  const offences = findOffences(readHouse(ROOT));
  const output = offences.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n');
  return { name: 'house rules', passed: offences.length === 0, tookMs: performance.now() - began, output };
}

function render(parts: readonly Part[], tookMs: number): string {
  const lines = parts.flatMap(({ name, passed, tookMs: partMs, output }) => [
    `${passed ? 'ok  ' : 'BAD '}  ${name.padEnd(12)} ${(partMs / 1000).toFixed(1)} s`,
    ...(output === '' ? [] : [output]),
  ]);
  return [...lines, `${parts.every((part) => part.passed) ? 'All is well' : 'Not yet'}, ${(tookMs / 1000).toFixed(1)} s.`].join('\n');
}
