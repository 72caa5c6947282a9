/** `./azimuth stand-ins`: all images of the deployment, built into an engine that cannot pull them. */
import { Command } from 'commander';

export function standInsCommand(): Command {
  return new Command('stand-ins')
    .description("build the deployment's images on a machine that cannot pull them")
    .addHelpText('after', '\nIt needs a Docker engine ("./azimuth engine up" starts one), Go and mmdebstrap. Images that are there are kept.')
    .action(async () => {
      const [{ progress }, { prepareEngine }, { ensureImages }] = await Promise.all([import('#kit/command-line.ts'), import('./engine/prepare.ts'), import('./stand-ins/ensure-images.ts')]);
      const { engine } = await prepareEngine(false, 'kept', progress);
      await ensureImages(engine, true, progress);
      progress('Every image is there.');
    });
}
