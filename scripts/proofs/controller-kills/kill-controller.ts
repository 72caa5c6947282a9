/**
 * SIGKILL to the process of a region's controller, as a crash would be. In containers not by `docker kill`, which the engine
 * takes for a stop, and so does not start it again: the process is the child of the container's first one, which ends with it.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { lastWords, run } from '../../engine/command.ts';
import { findEngine } from '../../engine/find-engine.ts';

const DOCKER_MS_MAX = 20_000;
/** Of a shell that died with the container that it was in. */
const DIED_WITH_IT = 137;
/** By what every shell has; there is no `ps` in the image. $1: the parent. Ends with 3 where it has no child. */
export const KILL_CHILDREN = 'code=3; for stat in /proc/[0-9]*/stat; do { read -r pid name state parent rest < "$stat"; } 2>/dev/null || continue; if [ "$parent" = "$1" ]; then kill -9 "$pid" && code=0; fi; done; exit $code';

export type ControllerKill = (components: RegionStatus['components']) => Promise<void>;

/** @throws CommandFailure NOT_READY where its containers cannot be reached */
export async function controllerKill({ region, body }: Pick<RunningRegion, 'region' | 'body'>): Promise<ControllerKill> {
  return body === 'compose' ? inContainer(region) : killProcess;
}

/** @param components as they were seen last: the pid must be at hand in the moment of the kill. @throws CommandFailure ERROR */
function killProcess(components: RegionStatus['components']): Promise<void> {
  const pid = components.find(({ role }) => role === 'controller')?.pid ?? null;
  if (pid === null) return Promise.reject(new CommandFailure('The status names no process of the controller.', EXIT.ERROR));
  process.kill(pid, 'SIGKILL');
  return Promise.resolve();
}

async function inContainer(region: string): Promise<ControllerKill> {
  const found = await findEngine();
  if ('missing' in found) throw new CommandFailure(`The controller of a region in containers is killed inside of its container. ${found.missing}`, EXIT.NOT_READY);
  const options = { env: { ...process.env, ...found.engine.env }, limitMs: DOCKER_MS_MAX };
  const labels = [`com.docker.compose.project=${region}`, 'azimuth.role=controller', 'com.docker.compose.oneoff=False'];
  const listed = await run(['docker', 'ps', '--quiet', '--no-trunc', ...labels.flatMap((label) => ['--filter', `label=${label}`])], options);
  const id = listed.stdout.trim();
  if (listed.code !== 0 || !/^\w+$/.test(id)) throw new CommandFailure(`Docker does not show one container of the controller of "${region}": ${lastWords(listed, 1)}.`, EXIT.NOT_READY);
  return async () => {
    const killed = await run(['docker', 'exec', id, 'sh', '-c', KILL_CHILDREN, 'sh', '1'], options);
    if (killed.code !== 0 && killed.code !== DIED_WITH_IT) throw new CommandFailure(`The controller could not be killed (${killed.code}): ${lastWords(killed, 1)}.`, EXIT.ERROR);
  };
}
