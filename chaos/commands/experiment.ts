/** `./azimuth experiment`: the documents themselves, without a region: which there are, what one says, whether one is in order. */
import { Command, Option } from 'commander';
import type { AnyDocument, ExperimentDocument } from '#contracts/experiment.ts';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure, printJson, printResult } from '#kit/command-line.ts';
import { azOption } from './experiment-arguments.ts';

interface JsonOption {
  json?: boolean;
}

export function experimentCommand(): Command {
  return new Command('experiment')
    .description('list, show, check and export the documents that "run" and "demo" take')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(checkCommand())
    .addCommand(schemaCommand())
    .addCommand(exportCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('the experiments that are shipped')
    .option('--json', 'as one JSON document')
    .action(async ({ json }: JsonOption) => {
      const [{ shippedDocument }, { shippedNames }, { needsContainers }] = await Promise.all([import('../experiments/documents.ts'), import('../experiments/shipped-names.ts'), import('../experiments/precondition.ts')]);
      const documents = shippedNames().map(shippedDocument);
      if (json === true) printJson(documents.map(({ id, title, kind }) => ({ id, title, kind })));
      else printResult(documents.map((document) => listLine(document, document.kind === 'Experiment' && needsContainers(document))).join('\n'));
    });
}

function showCommand(): Command {
  return new Command('show')
    .description('a document as it is written; with --json as programs take it')
    .argument('<experiment>', 'its name, or the path of its file')
    .option('--json', 'with all that it leaves out filled in')
    .action(async (asked: string, { json }: JsonOption) => {
      const [{ textOfDocument }, { readDocument }] = await Promise.all([import('../experiments/documents.ts'), import('../experiments/reading/read.ts')]);
      const { text, file } = textOfDocument(asked);
      const document = readDocument(text, file);
      if (json === true) printJson(document);
      else printResult(text);
    });
}

function checkCommand(): Command {
  return new Command('check')
    .description('say all that is wrong with documents: file, line, column, field')
    .argument('<files...>', 'YAML or JSON')
    .option('--json', 'as one JSON document')
    .addHelpText('after', '\nExit codes: 0 all are in order, 2 one is not.')
    .action(async (files: string[], { json }: JsonOption) => {
      const [{ textOfDocument }, { parseExperiment }, { problemText }, { isToolkitExperiment, readToolkitExperiment }] = await Promise.all([
        import('../experiments/documents.ts'), import('../experiments/reading/read.ts'), import('#kit/region/problem.ts'), import('#chaos/chaos-toolkit/read-experiment.ts'),
      ]);
      const checked = files.map((file) => {
        const { text } = textOfDocument(file);
        if (isToolkitExperiment(text)) {
          const { experiment, problems } = readToolkitExperiment(text, file, process.env);
          return { problems, summary: `${file}: in order: Chaos Toolkit's "${experiment?.title}"` };
        }
        const { document, problems } = parseExperiment(text, file);
        return { problems, summary: document === null ? '' : `${file}: ${summary(document)}` };
      });
      const problems = checked.flatMap((one) => one.problems);
      if (json === true) printJson(problems);
      else printResult(checked.flatMap((one) => (one.problems.length > 0 ? one.problems.map(problemText) : [one.summary])).join('\n'));
      if (problems.length > 0) process.exitCode = EXIT.USAGE;
    });
}

function schemaCommand(): Command {
  return new Command('schema')
    .description('the JSON Schema of the documents, for editors')
    .action(async () => {
      const { experimentJsonSchema } = await import('../experiments/json-schema.ts');
      printJson(experimentJsonSchema());
    });
}

function exportCommand(): Command {
  return new Command('export')
    .description('a document as another tool runs it')
    .argument('<experiment>', 'its name, or the path of its file')
    .addOption(azOption("the first of the document's matrix"))
    .addOption(new Option('--format <format>', 'whose (required)').choices(['chaos-toolkit']).makeOptionMandatory())
    .addHelpText('after', '\nExample:\n  ./azimuth experiment export az-power-loss --az az1 --format chaos-toolkit > az-power-loss.json\n  chaos run az-power-loss.json')
    .action(async (asked: string, { az }: { az?: string }) => {
      const [{ openDocument }, { toolkitExperiment }] = await Promise.all([import('../experiments/documents.ts'), import('#chaos/chaos-toolkit/export-experiment.ts')]);
      const document = openDocument(asked);
      if (document.kind === 'Suite') throw new CommandFailure(`${document.id} is a suite: export its experiments one by one.`, EXIT.USAGE);
      if (document.kind === 'KneeSearch') throw new CommandFailure(`${document.id} searches and makes no fault: there is nothing that Chaos Toolkit could run.`, EXIT.USAGE);
      if (document.arm === 'bare') throw new CommandFailure(`${document.id} is about customers of the bare arm, which Chaos Toolkit cannot ask for.`, EXIT.USAGE, 'Its balanced twin can be exported.');
      const where = az ?? document.azs[0];
      if (where === undefined || !(document.azs as readonly string[]).includes(where)) throw new CommandFailure(`${document.id} does not run on ${where}.`, EXIT.USAGE, `Its matrix holds ${document.azs.join(', ')}.`);
      printJson(toolkitExperiment(document, where));
    });
}

function listLine({ id, title }: AnyDocument, inContainersOnly: boolean): string {
  return `${id.padEnd(22)} ${title}${inContainersOnly ? ' (containers only)' : ''}`;
}

/** What a document that is in order would do. */
function summary(document: AnyDocument): string {
  if (document.kind === 'Suite') return `in order: a suite of ${document.experiments.length} experiments`;
  if (document.kind === 'KneeSearch') return `in order: searches the knee of ${document.azs.join(', ')}`;
  return `in order: ${document.azs.join(', ')}, ${document.assertions.length} assertions, at most ${longestS(document)} s each at peak`;
}

function longestS({ phases }: ExperimentDocument): number {
  return Object.values(phases).reduce((sum, lengthMs) => sum + lengthMs, 0) / 1000;
}
