/** A run of an experiment: tells its events, shows its figures once a second, and ends with a verdict and a report. */
import type { JournalEvent } from '#contracts/journal.ts';
import type { Region } from '#contracts/region.ts';
import { TOLD_TYPES, type RunRequest } from '#contracts/runs.ts';
import { outcomeOf } from '#chaos/verdict/outcome.ts';
import { liveFigures } from '../experiments/live-figures.ts';
import { writeReport } from '../experiments/report-folder.ts';
import type { RunView } from '../experiments/run-request.ts';
import { executeRun, type RunResult } from './execute-run.ts';
import { planRun, type RunPlan } from './plan-run.ts';
import type { KeptRun } from './run-journal.ts';
import { failureOf, type RunDesk, type RunWork } from './run-work.ts';

const FIGURES_MS = 1000;

type Az = RunPlan['azs'][number];

export function experimentWork(request: RunRequest, region: Region): RunWork {
  const plan = planRun(request, region);
  return {
    about: plan.about,
    switches: Object.keys(plan.document.settings) as KeptRun['switches'],
    timeoutMs: plan.timeoutMs,
    execute: async (desk, signal) => {
      const result = await executePlan(plan, desk, signal);
      const { verdict, isTurnedBack } = result;
      const trouble = keep(result, desk.reportFolder);
      return { verdict: verdict.verdict, outcome: trouble === null ? outcomeOf(verdict, plan) : 'ERROR', trouble, owes: !isTurnedBack };
    },
  };
}

async function executePlan(plan: RunPlan, desk: RunDesk, signal: AbortSignal): Promise<RunResult> {
  let shown: { az: Az; view: RunView } | null = null;
  const figures = setInterval(() => {
    if (shown !== null) desk.tell({ type: 'figures', az: shown.az, figures: liveFigures(shown.view, Date.now()) });
  }, FIGURES_MS);
  try {
    return await executeRun(desk.api, desk.region, plan, signal, {
      of: (az) => ({
        onView: (view) => {
          shown = { az, view };
          desk.enter({ az, phase: view.phase, sinceMs: view.phaseStartedMs });
        },
        onNoted: (event) => {
          if (isTold(event)) desk.tell({ ...event, az });
        },
        onTold: desk.say,
        onReady: async ({ customers }) => {
          if (az === plan.azs[0] && customers !== null) await desk.noteBefore({ ratePerSecond: customers.ratePerSecond, arm: customers.arm });
        },
      }),
      onVerdict: async (az, { verdict, fault, reasons }) => {
        shown = null;
        desk.tell({ type: 'verdict.found', az, verdict, fault, reasons });
        // A run counts whether or not anybody watches, and the region may be the one that was lost.
        await desk.tellVerdict({ experiment: plan.document.id, az, verdict, atMs: Date.now() }).catch((error: Error) => desk.say(`Dashboards were not told of the verdict: ${error.message}`));
      },
    });
  } finally {
    clearInterval(figures);
  }
}

function keep({ verdict, evidence }: RunResult, folder: string): ReturnType<typeof failureOf>['trouble'] | null {
  try {
    writeReport(folder, verdict, evidence);
    return null;
  } catch (error) {
    return failureOf(error).trouble;
  }
}

function isTold(event: JournalEvent): event is Extract<JournalEvent, { type: (typeof TOLD_TYPES)[number] }> {
  return (TOLD_TYPES as readonly string[]).includes(event.type);
}
