import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { shippedNames } from '#chaos/experiments/shipped-names.ts';
import { createProgram } from './program.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** Sources `$SCRIPT`, takes the typed words as arguments, the last of them unfinished, and prints what stands there. */
const ASK: Record<Shell, string[]> = {
  bash: ['--norc', '-c', 'source "$SCRIPT"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _azimuth; printf "%s\\n" "${COMPREPLY[@]}"'],
  // The functions of its completion system want a terminal: they are stood in for.
  zsh: ['-f', '-c', 'compdef() {}; compadd() { shift; print -l -- ${(M)@:#$words[CURRENT]*} }; _files() { print -l -- $words[CURRENT]*(N) }; source $SCRIPT; words=("$@"); CURRENT=$#; _azimuth'],
  fish: ['--no-config', '-c', 'source $SCRIPT; complete -C "$argv" | string replace -r "\\t.*" ""'],
};

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-completion-'));
  writeFileSync(join(folder, 'mine.yaml'), '');
  for (const shell of Object.keys(ASK)) writeFileSync(join(folder, shell), await script(shell as Shell));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function script(shell: Shell): Promise<string> {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true));
  await createProgram().parseAsync(['completion', shell], { from: 'user' });
  write.mockRestore();
  return printed;
}

function complete(shell: Shell, typed: readonly string[]): string[] {
  const words = ['./azimuth', ...typed];
  // Fish takes the line as it is, in one text.
  const given = shell === 'fish' ? [words.join(' ')] : shell === 'bash' ? ['bash', ...words] : ['zsh', ...words];
  const { stdout, stderr, error } = spawnSync(shell, [...ASK[shell], ...given], { cwd: folder, env: { ...process.env, SCRIPT: join(folder, shell) }, encoding: 'utf8', timeout: 20_000 });
  if (error !== undefined) throw error;
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '').sort();
}

const AZS = ['az1', 'az2', 'az3'];

const missing = new Set((Object.keys(ASK) as Shell[]).filter((shell) => spawnSync(shell, ['--version']).error !== undefined));
for (const shell of missing) process.stdout.write(`Completion is not asked of ${shell}: it is not installed.\n`);

for (const shell of Object.keys(ASK) as Shell[]) {
  describe.skipIf(missing.has(shell))(`in ${shell}`, () => {
    test.each<[typed: string, words: readonly string[]]>([
      ['kil', ['kill']],
      ['kill az1-dc', ['az1-dc1', 'az1-dc2']],
      ['kill az1-kitchen', ['az1-kitchen-a', 'az1-kitchen-b']],
      ['kill --dry', ['--dry-run']],
      ['slow az', AZS],
      ['cut az1 az', AZS],
      ['cut az1 az2 az', []],
      ['run az-fr', shippedNames().filter((name) => name.startsWith('az-fr'))],
      ['run az-freeze --az az', AZS],
      ['demo --az az1 az-slo', ['az-slow']],
      ['experiment sho', ['show']],
      ['experiment show capa', ['capacity']],
      ['help kil', ['kill']],
      ['traffic pe', ['peak']],
      ['completion fi', ['fish']],
      ['run min', ['mine.yaml']],
      ['experiment check a.yaml min', ['mine.yaml']],
      ['kill --reason az', []],
      ['no-such-verb az', []],
    ])('"azimuth %s" is completed', (typed, words) => {
      expect(complete(shell, typed.split(' '))).toEqual([...words].sort());
    });

    test('an empty word brings all commands that the help shows', () => {
      const program = createProgram();
      expect(complete(shell, [''])).toEqual(program.createHelp().visibleCommands(program).map((command) => command.name()).sort());
    });
  });
}

test.skipIf(missing.has('bash'))('bash takes --flag=value apart, and is answered all the same', () => {
  expect(complete('bash', ['run', 'az-freeze', '--az', '='])).toEqual(AZS);
  expect(complete('bash', ['run', 'az-freeze', '--az', '=', 'az2'])).toEqual(['az2']);
});

test('every command and every flag of the help is in every script', async () => {
  const names = (command: Command): string[] => {
    const help = command.createHelp();
    return [...help.visibleOptions(command).flatMap(({ short, long }) => [short, long]), ...help.visibleCommands(command).flatMap((below) => [below.name(), ...names(below)])].filter((name) => name !== undefined);
  };
  const expected = new Set(names(createProgram()));
  expect(expected.size).toBeGreaterThan(80);
  for (const shell of Object.keys(ASK) as Shell[]) {
    const words = new Set((await script(shell)).split(/[\s'|)]+/));
    expect([...expected].filter((name) => !words.has(name)), shell).toEqual([]);
  }
});
