/** `./azimuth doctor`: what is wrong with this machine, each with what to do. Changes nothing. */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { Finding } from './doctor/finding.ts';

const DEFAULT_SUBNET = '10.83';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is wrong with this machine and what to do')
    .option('--json', 'print the findings as one JSON document')
    .addHelpText('after', '\nExit codes: 0 the region can start, 5 something has to be mended first.')
    .action(async ({ json }: { json?: boolean }) => {
      const { printJson, printResult } = await import('#kit/command-line.ts');
      const findings = await examine(process.env);
      const ready = findings.every((finding) => finding.state !== 'problem');
      if (json === true) printJson({ ready, findings });
      else printResult(render(findings, ready));
      process.exitCode = ready ? EXIT.PASS : EXIT.NOT_READY;
    });
}

async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const [machine, region, docker, { askDocker, examineEngine }, { stateRoot }] = await Promise.all([
    import('./doctor/machine.ts'),
    import('./doctor/region.ts'),
    import('./doctor/docker.ts'),
    import('./doctor/engine.ts'),
    import('#kit/state-folder.ts'),
  ]);
  const setup = docker.readDockerSetup(env);
  return [
    machine.examineNode(process.versions.node, process.execPath),
    machine.examineCores(),
    machine.examineMemory(),
    machine.examineDisk(stateRoot(env)),
    ...(await region.examineRegion(env)),
    ...docker.examineDocker(setup, env['AZIMUTH_SUBNET'] || DEFAULT_SUBNET, env['AZIMUTH_DOCKER_SOCKET'], docker.readNetworks()),
    // Somebody else's engine has another machine's memory, images and networks.
    ...(setup.remote === null ? await examineEngine(askDocker) : []),
  ];
}

const MARK = { ok: 'ok  ', note: 'note', problem: 'BAD ' } as const;

function render(findings: readonly Finding[], ready: boolean): string {
  const width = Math.max(...findings.map((finding) => finding.name.length));
  const lines = findings.flatMap(({ name, state, found, remedy }) => {
    const line = `${MARK[state]}  ${name.padEnd(width)}  ${found}`;
    return remedy === null ? [line] : [line, `${' '.repeat(width + 8)}→ ${remedy}`];
  });
  return [...lines, '', ready ? 'The region can start.' : 'Mend what is marked BAD, then start the region.'].join('\n');
}
