/**
 * Runs an experiment of Chaos Toolkit, tells each activity as it ends and the verdict last, and keeps the journal. It needs
 * no region: what it breaks and looks at is its own matter.
 */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { DEFAULT_REGION } from '#kit/find-region.ts';
import { reportsFolder } from '#kit/state-folder.ts';
import { pathForPeople } from '#kit/tool-container.ts';
import { judgeToolkitJournal } from '#chaos/chaos-toolkit/judge-journal.ts';
import type { ActivityRun } from '#chaos/chaos-toolkit/journal.ts';
import { runProcess } from '#chaos/chaos-toolkit/providers/process.ts';
import { readToolkitExperiment } from '#chaos/chaos-toolkit/read-experiment.ts';
import { runToolkitExperiment, type Stage } from '#chaos/chaos-toolkit/run-experiment.ts';
import type { World } from '#chaos/chaos-toolkit/world.ts';
import { pause } from '#chaos/injector/pause.ts';
import { mistakesFailure } from '../experiments/reading/mistakes-failure.ts';
import { reportFolder } from '../experiments/report-folder.ts';
import { writeFolder } from '../experiments/whole-folder.ts';

/** The file of the journal in its folder, as every report names it. */
const JOURNAL = 'chaos-toolkit-journal.json';

const WORLD: World = { runProcess, fetch, nowMs: Date.now, pause };

export interface ToolkitOptions {
  /** Folder in which the report gets one of its own; null for that of the region's reports. */
  reportDir: string | null;
  /** The journal on standard output. */
  json: boolean;
  allowInconclusive: boolean;
  signal: AbortSignal;
}

/**
 * The exit code that is due.
 * @param file the name of the experiment with this text
 * @throws CommandFailure USAGE with every mistake, before anything is done; ERROR when the journal cannot be written, after the verdict was printed
 */
export async function runToolkitFile(file: string, text: string, { reportDir, json, allowInconclusive, signal }: ToolkitOptions): Promise<number> {
  const read = readToolkitExperiment(text, file, process.env);
  if (read.experiment === null) throw mistakesFailure(file, read.problems, 'docs/chaos-toolkit.md says what is run here.');
  const startedAt = new Date();
  progress(read.experiment.title);
  const journal = await runToolkitExperiment(read.experiment, read.variables, WORLD, signal, (stage, run) => progress(activityLine(stage, run)));
  const { state, reasons } = judgeToolkitJournal(journal);
  if (json) printJson(journal);
  else printResult([state, ...reasons.map((reason) => `  ${reason}`)].join('\n'));
  const wanted = reportFolder(reportDir ?? reportsFolder({ region: DEFAULT_REGION, body: 'embedded' }), basename(file).replace(/\.\w+$/, ''), startedAt);
  const folder = write(wanted, `${JSON.stringify(journal, null, 2)}\n`);
  progress(`Journal: ${pathForPeople(join(folder, JOURNAL))}`);
  return state === 'INCONCLUSIVE' && allowInconclusive ? EXIT.PASS : EXIT[state];
}

/** @returns the folder in which it lies */
function write(wanted: string, text: string): string {
  try {
    return writeFolder(wanted, (draft) => writeFileSync(join(draft, JOURNAL), text));
  } catch (error) {
    throw new CommandFailure(`The journal could not be written: ${error instanceof Error ? error.message : String(error)}.`, EXIT.ERROR, 'Name a folder that can be written with --report-dir.');
  }
}

function activityLine(stage: Stage, { activity, status, duration, tolerance_met: isMet, exception = [] }: ActivityRun): string {
  const told = status === 'succeeded' ? (isMet === false ? 'beyond its tolerance' : 'done') : `${status}: ${exception.join(' ')}`;
  return `  ${stage.padEnd(8)} ${activity.type} ${activity.name}: ${told} (${duration.toFixed(1)} s)`;
}
