/** The images of a run: pulled where there is a registry, stood in for where there is none, and ours built anew. */
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { lastWords, run } from '../engine/command.ts';
import type { Engine } from '../engine/find-engine.ts';
import { ROOT } from '../tool.ts';
import { buildShippedImage } from './shipped-image.ts';
import { ensureStandIns } from './stand-ins.ts';

const PULL_MS_MAX = 900_000;

/** @throws CommandFailure when one is missing */
export async function ensureImages(engine: Engine, byStandIns: boolean, say: (text: string) => void): Promise<void> {
  const complaint = (await (byStandIns ? ensureStandIns(engine, say) : pull(engine, say))) ?? (await buildShippedImage(engine, say));
  if (complaint !== null) throw new CommandFailure(complaint, EXIT.NOT_READY);
}

async function pull(engine: Engine, say: (text: string) => void): Promise<string | null> {
  say('pulling images that are missing …');
  const ran = await run(['docker', 'compose', '--profile', '*', 'pull', '--quiet', '--ignore-buildable', '--policy', 'missing'], { cwd: ROOT, env: { ...process.env, ...engine.env }, limitMs: PULL_MS_MAX });
  return ran.code === 0 ? null : `Images cannot be pulled: ${lastWords(ran)}. Where there is no registry, --stand-ins builds them.`;
}
