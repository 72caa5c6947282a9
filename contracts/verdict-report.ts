/** Body of `PUT /v1/verdicts`: what a run found, told to the injector so that Prometheus can show it. The report itself stays with the runner. */
import { Type, type Static } from 'typebox';
import { AVAILABILITY_ZONES } from './labels.ts';

const STATES = ['PASS', 'FAIL', 'INCONCLUSIVE', 'ABORTED', 'NOT_READY', 'ERROR'] as const;

export const VerdictReportSchema = Type.Object(
  {
    /** Name of the document. */
    experiment: Type.String({ pattern: '^[a-z][a-z0-9-]{0,62}$' }),
    az: Type.Enum([...AVAILABILITY_ZONES]),
    verdict: Type.Enum([...STATES]),
    /** End of the run, milliseconds since the epoch. */
    atMs: Type.Number({ minimum: 0 }),
  },
  { additionalProperties: false },
);
export type VerdictReport = Static<typeof VerdictReportSchema>;
