/** Every form in which a report is read, by the name of its file in the report's folder. */
import { htmlReport } from './html/page.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import type { Report } from './report.ts';

export const RENDERINGS = [
  { file: 'report.html', render: htmlReport },
  { file: 'report.md', render: markdownReport },
  { file: 'junit.xml', render: junitReport },
] as const satisfies readonly { file: string; render: (report: Report) => string }[];
