/**
 * `node scripts/proofs/heal-combinations.ts`: on a region that runs, of either body, makes random combinations of faults and
 * heals everything, twice. The claim: within ten seconds everything runs again, and the second time there is nothing to do.
 * Some ten seconds each.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { Fault, HealAnswer, ResidueAnswer } from '#contracts/faults.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { onInterruption } from '#chaos/commands/interruption.ts';
import { checkoutCommit } from '#chaos/experiments/checkout-commit.ts';
import { untilReady } from '#chaos/experiments/precondition.ts';
import { createRegionApi } from '#chaos/experiments/region-api.ts';
import { statedFaultText } from '#chaos/verdict/stated-fault.ts';
import { CommandFailure, RegionRefusal, apiClient, printJson, printResult, progress } from '#kit/command-line.ts';
import { bodyText, findRegion } from '#kit/find-region.ts';
import { ROOT } from '../tool.ts';
import { combinations } from './heal-combinations/combinations.ts';
import { healLine, healOnce, isMiss, summaryText, type Heal, type HealableRegion } from './heal-combinations/one-heal.ts';
import { runProof } from './run-proof.ts';
import { wholeFrom } from './whole-number.ts';

const ACT_MS_MAX = 180_000;
/** Some are on what they have silenced themselves; so many are no chance. */
const REFUSED_IN_A_ROW_MAX = 5;

interface Options {
  times: number;
  seed: number;
  region?: string;
  json?: boolean;
}

const program = new Command('heal-combinations')
  .description('make random combinations of faults on a running region, heal everything, and measure how long that takes')
  .option('--times <n>', 'combinations', wholeFrom(1, 1000), 20)
  .option('--seed <n>', 'of the combinations', wholeFrom(0, 2 ** 32 - 1), 1)
  .option('--region <name>', 'the region, when several are running')
  .option('--json', 'one JSON document on standard output, with every heal')
  .addHelpText('after', '\nExit codes: 0 when every heal was whole, in time, and harmless the second time, 1 when one was not, 4 after Ctrl-C.')
  .action(breakAndHeal);

await runProof(program);

async function breakAndHeal({ times, seed, region: name, json = false }: Options): Promise<void> {
  const running = await findRegion(name);
  const interruption = onInterruption('Stopping: everything is healed first.');
  const { signal } = interruption;
  const region = healable(running);
  const heals: Heal[] = [];
  try {
    // Before anything is made, so that what somebody else holds is never healed here.
    await untilReady(createRegionApi(running), 'A series of heals', signal);
    progress(`${times} combinations of faults on region "${running.region}", ${bodyText(running.body)}; seed ${seed}. Each takes some ten seconds.`);
    try {
      const drawn = combinations(seed, running.body === 'compose');
      let refused = 0;
      while (heals.length < times && !signal.aborted) {
        const heal = await healOnce(drawn.next().value, region);
        refused = heal === null ? refused + 1 : 0;
        if (refused === REFUSED_IN_A_ROW_MAX) throw new CommandFailure(`${refused} combinations in a row could not be made at all.`, EXIT.NOT_READY, 'Somebody may have blocked new faults: look at "./azimuth status".');
        if (heal === null) continue;
        heals.push(heal);
        (json ? progress : printResult)(healLine(heals.length, heal));
      }
      process.exitCode = heals.some(isMiss) ? EXIT.FAIL : signal.aborted ? EXIT.ABORTED : EXIT.PASS;
    } finally {
      if (json) printJson({ date: new Date().toISOString(), commit: checkoutCommit(ROOT), region: running.region, body: running.body, seed, heals });
      else printResult(summaryText(heals));
      await region.heal();
    }
  } finally {
    interruption.dispose();
  }
}

function healable(running: RunningRegion): HealableRegion {
  const api = apiClient(running, ACT_MS_MAX);
  return {
    break: async (request) => {
      try {
        const { verb, target, detail } = await api.post<Fault>('/v1/faults', request);
        return statedFaultText({ verb, target, ...detail });
      } catch (error) {
        // Held by another, or on something that an earlier fault has silenced.
        if (error instanceof RegionRefusal) return null;
        throw error;
      }
    },
    heal: () => api.post<HealAnswer>('/v1/heal', {}),
    broken: async () => {
      const [{ faults }, { residue }] = await Promise.all([api.get<{ faults: Fault[] }>('/v1/faults'), api.get<ResidueAnswer>('/v1/residue')]);
      return [...faults.map(({ verb, target }) => `${verb} ${target} is held`), ...residue.map(({ name, reason }) => `${name} ${reason}`)];
    },
  };
}
