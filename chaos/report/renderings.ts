/** Every form in which a report is read, by the name of its file: of all runs, in the report's folder; of one run, beside its evidence. */
import { toolkitJournalText } from '#chaos/chaos-toolkit/write-journal.ts';
import { htmlReport } from './html/page.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import type { Report, ReportedRun } from './report.ts';

export const RENDERINGS = [
  { file: 'report.html', render: htmlReport },
  { file: 'report.md', render: markdownReport },
  { file: 'junit.xml', render: junitReport },
] as const satisfies readonly { file: string; render: (report: Report) => string }[];

export const RUN_RENDERINGS = [
  { file: 'chaos-toolkit-journal.json', render: toolkitJournalText },
] as const satisfies readonly { file: string; render: (run: ReportedRun) => string }[];
