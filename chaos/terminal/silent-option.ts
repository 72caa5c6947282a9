/** `--silent`, which takes an AZ off its networks before anything else happens to it. */
import { InvalidArgumentError, Option } from 'commander';
import type { FaultDetail } from '#contracts/faults.ts';
import { AVAILABILITY_ZONES, isAvailabilityZone } from '#contracts/labels.ts';

export function silentOption(what: string): Option {
  return new Option('--silent', `${what}: the link of the AZ leaves its networks first, so that nobody hears a FIN or a RST (a whole AZ, in containers only)`);
}

/** Only an AZ has a link. @throws InvalidArgumentError for a smaller target */
export function silentDetail(target: string | undefined, silent: boolean | undefined): FaultDetail {
  if (silent !== true) return {};
  if (target !== undefined && isAvailabilityZone(target)) return { silent: true };
  throw new InvalidArgumentError(`--silent takes a whole AZ, ${AVAILABILITY_ZONES.join(', ')}: ${target ?? 'nothing else'} has no link of its own that could leave.`);
}
