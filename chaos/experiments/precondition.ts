/**
 * Decides whether an experiment may begin. Guards against testing a region that is broken already: its
 * customers would pay twice, and the verdict would blame one fault for another.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { RegionStatus } from '#contracts/faults.ts';
import { CommandFailure } from '#kit/command-line.ts';

/** The same status, for a region in which `what` may begin. @throws CommandFailure NOT_READY */
export function requireReady(status: RegionStatus, what: string): RegionStatus {
  const refuse = (why: string): never => {
    throw new CommandFailure(`${what} does not start: ${why}.`, EXIT.NOT_READY, 'Look at "./azimuth status"; "./azimuth heal" brings back what is broken.');
  };
  const [fault] = status.faults;
  if (fault !== undefined) refuse(`${fault.target} is already under a fault (${fault.verb})`);
  const down = status.components.filter(({ state }) => state !== 'running');
  if (down.length > 0) refuse(`not running: ${down.map(({ name, state }) => `${name} (${state})`).join(', ')}`);
  if (status.customers === null) refuse('the customers do not answer');
  return status;
}
