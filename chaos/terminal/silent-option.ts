/** `--silent`, by which an AZ is taken off its networks, so that no FIN and no RST of it is heard. */
import { InvalidArgumentError, Option } from 'commander';
import type { FaultDetail } from '#contracts/faults.ts';
import { AVAILABILITY_ZONES, isAvailabilityZone } from '#contracts/labels.ts';

/** @param what happens to the AZ, for the help */
export function silentOption(what: string): Option {
  return new Option('--silent', `${what} (a whole AZ, in containers only)`);
}

/** Only an AZ has a link. @throws InvalidArgumentError for a smaller target */
export function silentDetail(target: string | undefined, silent: boolean | undefined): FaultDetail {
  if (silent !== true) return {};
  if (target !== undefined && isAvailabilityZone(target)) return { silent: true };
  throw new InvalidArgumentError(`--silent takes a whole AZ, ${AVAILABILITY_ZONES.join(', ')}: ${target ?? 'nothing else'} has no link of its own that could leave.`);
}
