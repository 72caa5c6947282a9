/**
 * `./azimuth completion bash`: a script with which the shell completes verbs, flags and names. All that it offers stands in
 * it: a start of the command line at each press of the key would be felt.
 */
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import type { CompletionTable, KnownNames } from './completion/table.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export function completionCommand(): Command {
  return new Command('completion')
    .description('print a script that completes commands, flags and names in your shell')
    .addArgument(new Argument('<shell>', 'whose').choices(SHELLS))
    .addHelpText('after', `
Examples:
  $ source <(./azimuth completion bash)          # in this shell; zsh alike
  $ ./azimuth completion fish | source
For good, into a file that your shell reads:
  $ ./azimuth completion bash > ~/.local/share/bash-completion/completions/azimuth
  $ ./azimuth completion zsh > ~/.azimuth-completion.zsh      # and "source ~/.azimuth-completion.zsh" after compinit
  $ ./azimuth completion fish > ~/.config/fish/completions/azimuth.fish`)
    .action(async (shell: (typeof SHELLS)[number], _options: unknown, command: Command) => {
      const [{ printResult }, { completionTable }] = await Promise.all([import('#kit/command-line.ts'), import('./completion/table.ts')]);
      const program = command.parent ?? command;
      printResult(await scriptOf(shell, completionTable(program, { ...(await namesOfRegion()), command: program.commands.map((one) => one.name()) })));
    });
}

async function scriptOf(shell: (typeof SHELLS)[number], table: CompletionTable): Promise<string> {
  if (shell === 'fish') return (await import('./completion/fish.ts')).fishScript(table);
  const { bashScript, zshScript } = await import('./completion/bash-and-zsh.ts');
  return shell === 'bash' ? bashScript(table) : zshScript(table);
}

/** Those of the shipped description; whatever runs is not asked. */
async function namesOfRegion(): Promise<KnownNames> {
  const [{ compileFile }, { shippedNames }, { ROOT }] = await Promise.all([
    import('#kit/region/compile-file.ts'), import('#chaos/experiments/shipped-names.ts'), import('./tool.ts'),
  ]);
  const { endpoints } = compileFile(join(ROOT, 'docker-compose.yml'), { body: 'embedded', variables: {} });
  const zonal = endpoints.filter(({ az }) => az !== null);
  const dataCentres = new Set(zonal.map(({ dc }) => dc).filter((dc) => dc !== null));
  return {
    target: [...AVAILABILITY_ZONES, ...dataCentres, ...zonal.map(({ name }) => name)],
    az: AVAILABILITY_ZONES, peer: AVAILABILITY_ZONES,
    experiment: shippedNames(), 'orders/s': ['rest', 'peak'],
  };
}
