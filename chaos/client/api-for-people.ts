/**
 * Where a person opens what the region's API has, such as a report. A command in a container asks the controller by a name
 * that its host does not know; the port that the engine publishes is what can be opened there.
 */
import type { RunningRegion } from '#contracts/running.ts';
import { isInContainer } from '#kit/tool-container.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Base of the API; the one that this command asks where no other is known. */
export function apiForPeople({ api, urls }: Pick<RunningRegion, 'api' | 'urls'>, env: Environment = process.env): string {
  const published = urls['api'] ?? '';
  return isInContainer(env) && URL.canParse(published) ? new URL(published).origin : api;
}
