/** What the injector acts with, given to whoever plans, makes, heals or inspects a fault. */
import type { RegionStatus } from '#contracts/region-status.ts';
import type { Endpoint } from '#contracts/region.ts';
import type { CustomersRate } from './customers-rate.ts';
import type { Driver } from './driver.ts';
import type { Links } from './links/links.ts';
import type { ServiceFaults } from './service-faults/service-faults.ts';
import type { Switches } from './switches.ts';

export interface Parts {
  driver: Driver;
  /** Those that this body runs. */
  endpoints: readonly Endpoint[];
  links: Links;
  services: ServiceFaults;
  switches: Switches;
  rate: CustomersRate;
  /** What each balancer thinks; null for one that is not up or does not answer. */
  askBalancers: (isUp: (name: string) => boolean) => Promise<RegionStatus['balancers']>;
}
