/**
 * `node scripts/proofs/controller-kills.ts`: on a region that runs, of either body, kills the controller with SIGKILL at random
 * points of experiments, and measures from each kill until no fault is held and inspection finds nothing broken. The claim:
 * within the lease and the time to heal, whatever was under way. Less than half an hour for fifty.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { onInterruption } from '#chaos/commands/interruption.ts';
import { checkoutCommit } from '#chaos/experiments/checkout-commit.ts';
import { experimentNamed } from '#chaos/experiments/documents.ts';
import { untilReady } from '#chaos/experiments/precondition.ts';
import { createRegionApi } from '#chaos/experiments/region-api.ts';
import { printJson, printResult, progress } from '#kit/command-line.ts';
import { bodyText, findRegion } from '#kit/find-region.ts';
import { ROOT } from '../tool.ts';
import { controllerKill } from './controller-kills/kill-controller.ts';
import { overLine } from './kill-series.ts';
import { moments, shortened } from './moments.ts';
import { killingOf } from './controller-kills/real-killing.ts';
import { killControllers } from './controller-kills/series.ts';
import { killLine, summaryOf, summaryText, type Kill } from './controller-kills/summary.ts';
import { runProof } from './run-proof.ts';
import { wholeFrom } from './whole-number.ts';

/** Of every kind: what is dead, frozen, swallowed or slow, with a switch turned, and with components dead beforehand. */
const EXPERIMENTS = ['az-power-loss', 'az-freeze-no-rescue', 'az-isolation', 'az-slow', 'az-cut'];

interface Options {
  times: number;
  seed: number;
  rate: number;
  region?: string;
  json?: boolean;
}

const program = new Command('controller-kills')
  .description(`kill the controller of a running region at random points of ${EXPERIMENTS.join(', ')}, and measure how long anything stays broken`)
  .option('--times <n>', 'kills', wholeFrom(1, 1000), 50)
  .option('--seed <n>', 'of the moments, and of the arrivals in each run', wholeFrom(0, 2 ** 32 - 1), 1)
  .option('--rate <orders/s>', 'orders per second: low, since it is not about them', wholeFrom(1, 1000), 60)
  .option('--region <name>', 'the region, when several are running')
  .option('--json', 'one JSON document on standard output, with every kill')
  .addHelpText('after', '\nExit codes: 0 when the region was whole within the bar after every kill, 1 when it was not, 4 after Ctrl-C.')
  .action(killAndMeasure);

await runProof(program);

async function killAndMeasure({ times, seed, rate, region, json = false }: Options): Promise<void> {
  const running = await findRegion(region);
  const interruption = onInterruption('Stopping: the run that goes on is ended and everything is healed first.');
  const { signal } = interruption;
  try {
    const before = await untilReady(createRegionApi(running), 'Killing its controller', signal);
    const replay = `node scripts/proofs/controller-kills.ts --times ${times} --seed ${seed} --rate ${rate}`;
    const killing = killingOf(running, before, await controllerKill(running), { ratePerSecond: rate, seed, replay });
    progress(`${times} kills of the controller of region "${running.region}", ${bodyText(running.body)}, during experiments at ${rate} orders/s; seed ${seed}. Each takes about half a minute.`);
    const tell = json ? progress : printResult;
    const kills: Kill[] = [];
    try {
      await killControllers(moments(EXPERIMENTS.map((id) => shortened(experimentNamed(id))), rate, seed), times, killing, signal, {
        kills,
        onKill: (kill) => tell(killLine(kills.length, kill)),
        onOver: (moment, why) => progress(overLine(moment, why)),
      });
    } finally {
      const summary = summaryOf(kills);
      if (json) printJson({ date: new Date().toISOString(), commit: checkoutCommit(ROOT), region: running.region, body: running.body, ratePerSecond: rate, seed, summary, kills });
      else printResult(summaryText(summary));
      process.exitCode = summary.misses > 0 ? EXIT.FAIL : signal.aborted ? EXIT.ABORTED : EXIT.PASS;
    }
  } finally {
    interruption.dispose();
  }
}
