/** `--service`, which says which program of an AZ or a data centre a fault in services is made in. */
import { Option } from 'commander';
import type { FaultDetail } from '#contracts/faults.ts';
import { DEFAULT_SERVICE } from '#contracts/region.ts';

export function serviceOption(): Option {
  return new Option('--service <name>', `of an AZ or a data centre: storefront, kitchen or load-balancer (default: ${DEFAULT_SERVICE}, which customers reach first)`);
}

export function serviceDetail(service: string | undefined): FaultDetail {
  return service === undefined ? {} : { service };
}
