import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { experimentNamed, shippedExperiments } from '#chaos/experiments/documents.ts';
import { pause } from '#chaos/injector/pause.ts';
import { toolkitExperiment } from './export-experiment.ts';
import type { ToolkitJournal } from './journal.ts';
import { judgeToolkitJournal } from './judge-journal.ts';
import { runProcess } from './providers/process.ts';
import { readToolkitExperiment } from './read-experiment.ts';
import { runToolkitExperiment } from './run-experiment.ts';

/** Where docs/chaos-toolkit.md puts it. */
const VENV = join(homedir(), '.cache', 'azimuth', 'chaostoolkit', 'bin', 'chaos');
const chaos = [process.env['AZIMUTH_CHAOS_TOOLKIT'] ?? '', VENV].find(existsSync) ?? null;
if (chaos === null) process.stdout.write(`Chaos Toolkit's own command is not asked: there is no ${VENV}, see docs/chaos-toolkit.md.\n`);

describe('a document of ours as an experiment of Chaos Toolkit', () => {
  test('breaks for as long as the document says, heals, and rolls everything back', () => {
    const { method, rollbacks } = toolkitExperiment(experimentNamed('az-power-loss'), 'az2');
    expect(method.map(({ name, pauses }) => [name, pauses])).toEqual([
      ['traffic peak', undefined], ['what customers get before', { before: 18 }], ['kill az2', { after: 15 }], ['what customers got under the fault', undefined], ['heal az2', { after: 61 }],
    ]);
    expect(method[2]?.provider).toEqual({ type: 'process', path: './azimuth', arguments: ['kill', 'az2', '--for', '75s', '--watch', '0'], timeout: 90 });
    expect(rollbacks?.map(({ name }) => name)).toEqual(['heal everything', 'traffic as at rest']);
  });

  test('makes what is given first and heals everything in the end', () => {
    const { method } = toolkitExperiment(experimentNamed('az-cut-one-way'), 'az1');
    expect(method.map(({ name }) => name)).toEqual(['traffic peak', 'kill az1-kitchen-a', 'kill az1-kitchen-b', 'what customers get before', 'cut az1 az2 one-way', 'what customers got under the fault', 'heal az1', 'heal everything']);
  });

  test('is read by us without a mistake, whichever it is', () => {
    for (const document of shippedExperiments()) expect(readToolkitExperiment(JSON.stringify(toolkitExperiment(document, 'az1')), document.id, {}).problems).toEqual([]);
  });
});

describe('the exported experiment, with an "azimuth" that only writes down what it is asked and an API that answers', () => {
  let folder: string;
  let server: Server;
  let losesAnOrder: boolean;
  const short = { ...experimentNamed('az-power-loss'), phases: { warmMs: 0, baselineMs: 50, faultMs: 50, recoveryMs: 50 } };

  beforeEach(async () => {
    losesAnOrder = false;
    folder = mkdtempSync(join(tmpdir(), 'azimuth-toolkit-'));
    writeFileSync(join(folder, 'azimuth'), '#!/bin/sh\necho "$@" >> "$(dirname "$0")/words.txt"\n', { mode: 0o755 });
    server = createServer(({ url = '' }, response) => {
      const failed = losesAnOrder && words().some((line) => line.startsWith('kill')) ? 1 : 0;
      const customers = { windowMs: 5000, orders: { offered: 9, answered: 9 - failed, failed, late: 0 }, menu: { offered: 9, failed: 0 } };
      const body = url.startsWith('/v1/residue') ? { residue: [], atMs: 1 } : url.startsWith('/v1/customers') ? customers : { serving: true };
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(folder, 'experiment.json'), JSON.stringify(toolkitExperiment(short, 'az1')).replaceAll('./azimuth', join(folder, 'azimuth')));
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });

  const api = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const WORDS = ['traffic peak', 'kill az1 --for 61s --watch 0', 'heal az1 --watch 0', 'heal --watch 0', 'traffic rest'];
  const words = (): string[] => (existsSync(join(folder, 'words.txt')) ? readFileSync(join(folder, 'words.txt'), 'utf8').trim().split('\n') : []);
  const outline = ({ status, deviated, run, rollbacks, steady_states: { before, after } }: ToolkitJournal): unknown => ({
    status, deviated,
    ran: [...(before?.probes ?? []), ...run, ...(after?.probes ?? []), ...rollbacks].map(({ activity, status: one, tolerance_met: isMet }) => [activity.name, one, isMet]),
  });

  const byUs = async (): Promise<ToolkitJournal> => {
    const read = readToolkitExperiment(readFileSync(join(folder, 'experiment.json'), 'utf8'), 'experiment.json', { AZIMUTH_API: api() });
    if (read.experiment === null) throw new Error(JSON.stringify(read.problems));
    rmSync(join(folder, 'words.txt'), { force: true });
    return runToolkitExperiment(read.experiment, read.variables, { runProcess, fetch, nowMs: Date.now, pause }, new AbortController().signal);
  };
  const byThem = (...asked: string[]): Promise<number> =>
    new Promise((resolve) => execFile(chaos ?? '', ['--no-version-check', ...asked], { cwd: folder, env: { ...process.env, AZIMUTH_API: api() } }, (error) => resolve(error === null ? 0 : Number(error.code))));

  test('is run by us with real processes and requests, and passes', async () => {
    const journal = await byUs();
    expect(words()).toEqual(WORDS);
    expect(judgeToolkitJournal(journal)).toEqual({ state: 'PASS', reasons: [] });
  });

  test('is FAIL when an order failed in the end, and is rolled back', async () => {
    losesAnOrder = true;
    expect(judgeToolkitJournal(await byUs())).toEqual({ state: 'FAIL', reasons: ['Probe "no order failed in the last 5 s" is beyond its tolerance, after the method.'] });
    expect(words()).toEqual(WORDS);
  });

  test.skipIf(chaos === null)('is accepted by "chaos validate"', async () => {
    expect(await byThem('validate', 'experiment.json')).toBe(0);
  }, 60_000);

  test.skipIf(chaos === null).each([[false, 0], [true, 1]])('is run by "chaos run" as by us; an order is lost: %s', async (isLost, exitCode) => {
    losesAnOrder = isLost;
    expect(await byThem('run', '--journal-path', 'theirs.json', 'experiment.json')).toBe(exitCode);
    expect(words()).toEqual(WORDS);
    const theirs = JSON.parse(readFileSync(join(folder, 'theirs.json'), 'utf8')) as ToolkitJournal;
    expect(theirs.deviated).toBe(isLost);
    const ours = await byUs();
    expect(outline(ours)).toEqual(outline(theirs));
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  }, 60_000);
});
