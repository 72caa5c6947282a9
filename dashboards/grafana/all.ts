/** Every dashboard, in the order in which one looks at them. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { azDashboard } from './az.ts';
import { chaosDashboard } from './chaos.ts';
import { loadBalancerDashboard } from './load-balancer.ts';
import { regionDashboard } from './region.ts';

export function everyDashboard(): Dashboard[] {
  return [regionDashboard(), azDashboard(), loadBalancerDashboard(), chaosDashboard()];
}
