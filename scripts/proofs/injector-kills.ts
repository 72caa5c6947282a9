/**
 * `node scripts/proofs/injector-kills.ts`: starts a region of processes of its own, kills its first process, which is the
 * injector, with SIGKILL at random points of experiments, and starts it again. The claim: no process of the region is left,
 * frozen ones included, and the next start is clean. Half a minute each.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { onInterruption } from '#chaos/commands/interruption.ts';
import { checkoutCommit } from '#chaos/experiments/checkout-commit.ts';
import { experimentNamed } from '#chaos/experiments/documents.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { ROOT } from '../tool.ts';
import { killOnce, type Kill } from './injector-kills/one-kill.ts';
import { OwnRegion } from './injector-kills/own-region.ts';
import { killLine, summaryOf, summaryText } from './injector-kills/summary.ts';
import { killSeries, overLine } from './kill-series.ts';
import { moments, shortened } from './moments.ts';
import { runProof } from './run-proof.ts';
import { wholeFrom } from './whole-number.ts';

const EXPERIMENTS = ['az-power-loss', 'az-freeze', 'az-isolation', 'az-slow'];
interface Options {
  times: number;
  seed: number;
  rate: number;
  json?: boolean;
}

const program = new Command('injector-kills')
  .description(`kill the first process of a region of processes at random points of ${EXPERIMENTS.join(', ')}, and look at what is left and at the next start`)
  .option('--times <n>', 'kills', wholeFrom(1, 1000), 50)
  .option('--seed <n>', 'of the moments, and of the arrivals in each run', wholeFrom(0, 2 ** 32 - 1), 1)
  .option('--rate <orders/s>', 'orders per second: low, since it is not about them', wholeFrom(1, 1000), 60)
  .option('--json', 'one JSON document on standard output, with every kill')
  .addHelpText('after', '\nExit codes: 0 when nothing was left and every start was clean, 1 when not, 4 after Ctrl-C.')
  .action(killAndStart);

await runProof(program);

async function killAndStart({ times, seed, rate, json = false }: Options): Promise<void> {
  if (process.platform !== 'linux') throw new CommandFailure('What is left of a region is read from /proc, which only Linux has.', EXIT.NOT_READY);
  const interruption = onInterruption('Stopping: the region is stopped first.');
  const { signal } = interruption;
  const region = new OwnRegion({ name: `injector-kills-${process.pid}`, ratePerSecond: rate, seed });
  try {
    progress(`${times} kills of the first process of a region of its own, during experiments at ${rate} orders/s; seed ${seed}. Each takes about half a minute.`);
    const { upMs, told, unclean } = await region.start();
    if (upMs === null || unclean.length > 0) throw new CommandFailure(`The region did not start clean: ${[told ?? '', ...unclean].join(' ')}`, EXIT.NOT_READY);
    const drawn = moments(EXPERIMENTS.map((id) => shortened(experimentNamed(id))), rate, seed);
    const kills: Kill[] = [];
    try {
      await killSeries(drawn, times, (moment) => killOnce(moment, region, signal), signal, {
        kills,
        onKill: (kill) => {
          (json ? progress : printResult)(killLine(kills.length, kill));
          if (kill.next.upMs === null) throw new CommandFailure('The region did not come up again.', EXIT.FAIL);
        },
        onOver: (moment, why) => progress(overLine(moment, why)),
      });
    } finally {
      const summary = summaryOf(kills);
      if (json) printJson({ date: new Date().toISOString(), commit: checkoutCommit(ROOT), ratePerSecond: rate, seed, summary, kills });
      else printResult(summaryText(summary));
      process.exitCode = summary.misses > 0 ? EXIT.FAIL : signal.aborted ? EXIT.ABORTED : EXIT.PASS;
    }
  } finally {
    await region.close();
    interruption.dispose();
  }
}
