/**
 * The links' server beside the real Toxiproxy, in one run, interleaved in rounds because a machine's speed
 * changes by the minute. Quoted are medians over the rounds, ours ÷ the reference's, and whether the bar is
 * met. The client is this process, the upstream another, each server a third: none shares a thread.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Command, InvalidArgumentError } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { printJson, printResult, progress } from '#kit/command-line.ts';
import { OURS, startServer } from '../reference/server-process.ts';
import { findToxiproxy } from '../reference/toxiproxy-binary.ts';
import { Arm, type Upstream } from './links/arm.ts';
import { duringHungDial, withOpenConnections } from './links/control-calls.ts';
import { Figures, median, p99, rows, tableLines, type Row } from './links/figures.ts';
import { throwRandomToxics } from './links/random-toxics.ts';
import { megabytesPerSecond, roundTripsUs } from './links/round-trips.ts';
import { sameOutcomes } from './links/seeds.ts';
import { toggleUnderWrites } from './links/toggle.ts';
import { positive } from './measuring/positive.ts';

const LATENCY_MS = 20;
const LATENCY_GAP_MS = 5;
const SEED = 20_260_518;

interface Options {
  rounds: number;
  trips: number;
  seconds: number;
  samples: number;
  connections: number;
  writes: number;
  bodies: number;
  fuzzSeconds: number;
  repeats: number;
  json?: boolean;
}

interface Report {
  cpu: string;
  rounds: number;
  direct: { p50Us: number; p99Us: number; megabytesPerSecond: number };
  rows: Row[];
  /** What the numbers of the table leave out, in sentences. */
  notes: string[];
}

new Command('links')
  .description("the links' server beside the real Toxiproxy: round trips, throughput, control calls, what it survives")
  .option('--rounds <number>', 'rounds; medians are quoted', positive, 5)
  .option('--trips <number>', 'round trips per round', positive, 5000)
  .option('--seconds <number>', 'length of a stream per round', positive, 2)
  .option('--samples <number>', 'messages per round with latency', positive, 200)
  .option('--connections <number>', 'open connections during control calls', positive, 500)
  .option('--writes <number>', 'ordered writes while a toxic toggles', writeCount, 65_535)
  .option('--bodies <number>', 'random toxics', positive, 10_000)
  .option('--fuzz-seconds <number>', 'at most so long for random toxics on each server', positive, 120)
  .option('--repeats <number>', 'repeats of one seed', positive, 20)
  .option('--json', 'print the result as one JSON document')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.PASS : EXIT.USAGE))
  .action(async (options: Options) => {
    const report = await run(options);
    if (options.json === true) printJson(report);
    else print(report);
  })
  .parse();

function writeCount(text: string): number {
  const value = positive(text);
  if (value > 65_536) throw new InvalidArgumentError('Two bytes number 65,536 writes at most.');
  return value;
}

async function run(options: Options): Promise<Report> {
  // Every child is killed when this process exits, whatever ends it.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const notes: string[] = [];
  const found = await findToxiproxy(progress);
  if ('missing' in found) notes.push(`The reference is left out: ${found.missing}`);
  const { child, upstream } = await startUpstream();
  const arms: { arm: Arm; figures: Figures }[] = [];
  try {
    arms.push({ arm: await Arm.start('ours', OURS), figures: new Figures() });
    if ('path' in found) arms.push({ arm: await Arm.start('reference', [found.path]), figures: new Figures() });
    const direct = { p50Us: [] as number[], p99Us: [] as number[], rate: [] as number[] };
    for (let round = 0; round < options.rounds; round++) {
      progress(`round ${round + 1} of ${options.rounds}`);
      const trips = await roundTripsUs(upstream.echo, options.trips);
      direct.p50Us.push(median(trips));
      direct.p99Us.push(p99(trips));
      direct.rate.push(await megabytesPerSecond(upstream.source, options.seconds));
      // The other order every second round: the first after a pause is at a disadvantage.
      for (const { arm, figures } of round % 2 === 0 ? arms : arms.toReversed()) await measureRound(arm, figures, upstream, options, trips);
    }
    for (const { arm, figures } of arms) notes.push(...(await measureOnce(arm, figures, upstream, options)));
    const [ours, reference] = arms;
    return {
      cpu: cpus()[0]?.model ?? 'unknown',
      rounds: options.rounds,
      direct: { p50Us: median(direct.p50Us), p99Us: median(direct.p99Us), megabytesPerSecond: median(direct.rate) },
      rows: rows((ours as { figures: Figures }).figures, reference?.figures ?? null),
      notes,
    };
  } finally {
    await Promise.all(arms.map(({ arm }) => arm.close()));
    child.kill();
  }
}

async function measureRound(arm: Arm, figures: Figures, upstream: Upstream, options: Options, directUs: readonly number[]): Promise<void> {
  const started = await startServer(arm.command);
  figures.add('start', started.startMs);
  await started.close();
  const port = await arm.proxy('echo', upstream.echo);
  const trips = await roundTripsUs(port, options.trips);
  figures.add('addedP50', median(trips) - median(directUs));
  figures.add('addedP99', p99(trips) - p99(directUs));
  figures.add('stream', await megabytesPerSecond(await arm.proxy('source', upstream.source), options.seconds));
  await arm.call('POST', '/proxies/echo/toxics', { name: 't', type: 'latency', stream: 'upstream', attributes: { latency: LATENCY_MS } });
  const errorsMs = (await roundTripsUs(port, options.samples, LATENCY_GAP_MS)).map((us) => Math.abs(us / 1000 - LATENCY_MS));
  figures.add('latencyP50', median(errorsMs));
  figures.add('latencyP99', p99(errorsMs));
  await arm.call('DELETE', '/proxies/echo');
  const control = await withOpenConnections(arm, upstream, options.connections);
  figures.add('add', control.addMs);
  figures.add('remove', control.removeMs);
  figures.add('disable', control.disableMs);
}

/** What is not a matter of speed, or takes the reference too long to repeat. */
async function measureOnce(arm: Arm, figures: Figures, upstream: Upstream, options: Options): Promise<string[]> {
  progress(`${arm.name}: writes under toggles`);
  const toggled = await toggleUnderWrites(arm, upstream, options.writes);
  figures.add('intact', toggled.intact / options.writes);
  progress(`${arm.name}: a hung dial`);
  figures.add('hungDial', await duringHungDial(arm));
  progress(`${arm.name}: random toxics`);
  const fuzzed = await throwRandomToxics(arm, upstream, options.bodies, SEED, options.fuzzSeconds);
  figures.add('deaths', fuzzed.deaths);
  figures.add('slowCalls', fuzzed.slowCalls);
  figures.add('bystander', fuzzed.bystanderFailed);
  progress(`${arm.name}: repeats of a seed`);
  figures.add('seeds', (await sameOutcomes(arm.command, upstream, SEED, options.repeats)) / options.repeats);
  return [
    `${arm.name}: ${toggled.intact} of ${options.writes} writes intact under ${toggled.toggles} toggles; ` +
      `${fuzzed.bodies} random toxics with ${fuzzed.bystanderTrips} round trips on the other proxy meanwhile, slowest call ${fuzzed.slowestMs.toFixed(0)} ms.`,
  ];
}

async function startUpstream(): Promise<{ child: ChildProcess; upstream: Upstream }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'links/upstream.ts')], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = (await once(child.stdout as Readable, 'data')) as [Buffer];
  return { child, upstream: JSON.parse(line.toString()) as Upstream };
}

function print({ cpu, rounds, direct, rows, notes }: Report): void {
  printResult(`Medians of ${rounds} rounds, ${cpu}; without a proxy: p50 ${direct.p50Us.toFixed(0)} µs, p99 ${direct.p99Us.toFixed(0)} µs, ${direct.megabytesPerSecond.toFixed(0)} MB/s`);
  for (const line of tableLines(rows)) printResult(line);
  for (const note of notes) printResult(note);
}
