/**
 * The JSON Schema of experiment documents, as editors want it: `experiment.schema.json` beside this file, to which each
 * document points in its first line. Written anew by `./azimuth experiment schema > chaos/experiments/experiment.schema.json`.
 * Reference: JSON Schema 2020-12; yaml-language-server, "modeline".
 */
import { ExperimentSchema } from '#contracts/experiment-schema.ts';

/** Plain JSON, keywords first that say what it is. */
export function experimentJsonSchema(): Record<string, unknown> {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...(JSON.parse(JSON.stringify(ExperimentSchema)) as Record<string, unknown>), title: 'Azimuth experiment' };
}
