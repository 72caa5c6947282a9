/** `./azimuth bench`: figures side by side with those of peers, or of one part alone. Each is a program of its own. */
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';

/** By name: the file (what several share lies in a folder below) in `scripts/bench/` and what it measures. */
export const BENCHES: Readonly<Record<string, string>> = {
  'load-balancer': 'added latency and CPU per request, beside HAProxy and nginx in the same run',
  decisions: 'what one decision of the balanced client costs',
  customers: 'how many requests a second the customers can make on one core',
  links: "the links' server beside the real Toxiproxy: speed, control calls, what it survives",
  simulation: 'how many replicas the simulation carries per second',
};

const DEFAULT_BENCH = 'load-balancer';

export function benchCommand(): Command {
  const names = Object.entries(BENCHES).map(([name, does]) => `  ${name.padEnd(14)} ${does}`);
  return new Command('bench')
    .description('measure, side by side with peers')
    .argument('[name]', 'what to measure', DEFAULT_BENCH)
    .argument('[options...]', 'flags of that benchmark; its --help lists them')
    .passThroughOptions()
    .allowUnknownOption()
    .addHelpText('after', `\nBenchmarks:\n${names.join('\n')}`)
    .action(async (name: string, options: string[]) => {
      if (!Object.hasOwn(BENCHES, name)) {
        throw new CommandFailure(`There is no benchmark "${name}".`, EXIT.USAGE, `There are: ${Object.keys(BENCHES).join(', ')}.`);
      }
      const { ROOT, runScript } = await import('./tool.ts');
      process.exitCode = (await runScript(join(ROOT, 'scripts/bench', `${name}.ts`), options, 'inherit')).exitCode;
    });
}
