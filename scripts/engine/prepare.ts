/**
 * An engine with Compose in its client, ready for a region: the one that is there, or with `provision` one that is
 * installed and started for it. Without either it fails with what to do: a test of the deployment that nobody ran must
 * not look like one that passed.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { installPackages, type NeededPackages } from '../debian-packages.ts';
import { shippedImages } from '../stand-ins/stand-ins.ts';
import { withCompose } from './compose-plugin.ts';
import { findEngine, type Engine } from './find-engine.ts';
import { startOwnEngine, stopOwnEngine } from './own-engine.ts';

const ENGINE: NeededPackages = { dockerd: 'docker.io', docker: 'docker.io', iptables: 'iptables', mmdebstrap: 'mmdebstrap' };

export interface PreparedEngine {
  engine: Engine;
  /** Ends what was started for it. */
  release: () => Promise<void>;
}

type Say = (text: string) => void;

/** @throws CommandFailure when there is no engine to be had */
export async function prepareEngine(provision: boolean, owner: 'this process' | 'kept', say: Say): Promise<PreparedEngine> {
  let isToStop = false;
  const release = async (): Promise<void> => {
    if (isToStop) await stopOwnEngine();
  };
  try {
    if (provision && !(await isOthersEngine())) {
      const complaint = await installPackages(ENGINE, say);
      if (complaint !== null) throw new CommandFailure(`There is no Docker engine. ${complaint}`, EXIT.NOT_READY);
      // Where there is a service manager, installing it has started it.
      if (!(await isOthersEngine())) {
        const started = await startOwnEngine(owner, shippedImages().services, say);
        if ('missing' in started) throw new CommandFailure(started.missing, EXIT.NOT_READY);
        isToStop = started.isToStop;
      }
    }
    const found = await findEngine();
    if ('missing' in found) throw new CommandFailure(found.missing, EXIT.NOT_READY, 'Start Docker. On Debian, as root, --provision installs and starts an engine.');
    const prepared = await withCompose(found.engine, say);
    if ('missing' in prepared) throw new CommandFailure(`Docker has no Compose. ${prepared.missing}`, EXIT.NOT_READY);
    return { engine: prepared.engine, release };
  } catch (error) {
    await release();
    throw error;
  }
}

async function isOthersEngine(): Promise<boolean> {
  const found = await findEngine();
  return 'engine' in found && !found.engine.isOwn;
}
