/** What `/readyz` of a load balancer says: whether each upstream has a target that takes requests. */
import type { ReadyDetail } from '#kit/admin-server.ts';
import type { BalancedClient } from '#kit/balanced-client.ts';
import type { Health } from '#kit/health.ts';

export function readyDetail(balancers: Readonly<Record<string, Pick<BalancedClient, 'opinion'>>>, health: Health): ReadyDetail {
  const checks: ReadyDetail['checks'] = { serving: { ok: !health.draining, detail: health.draining ? 'draining' : 'serving' } };
  for (const [upstream, balancer] of Object.entries(balancers)) {
    const { targets } = balancer.opinion();
    const usable = targets.filter(({ state }) => state === 'up' || state === 'returning').length;
    checks[upstream] = { ok: usable > 0, detail: `${usable} of ${targets.length} targets take requests` };
  }
  return { ready: Object.values(checks).every((check) => check.ok), checks };
}
