/** What a dry run prints: what would be hit, what would end it, and whose it would be. */
import { isLinkVerb, type FaultPlan, type Inverse } from '#contracts/faults.ts';
import { authorText } from '#policy/holders.ts';
import { terminalFaultText } from './fault-text.ts';
import { countdown, table } from './table.ts';

const INDENT = '  ';

export function planText(plan: FaultPlan): string {
  const { verb, members, inverse, leaseMs, takesOver } = plan;
  const rows = [
    [isLinkVerb(verb) ? `${members.length} ways` : `${members.length} members`, members.join(', ')],
    ['ends with', inverseText(inverse)],
    ['heals after', countdown(leaseMs)],
    ['held by', authorText(plan)],
    ...takesOver.map((other) => ['heals first', `${other.id} ${terminalFaultText(other)}, of ${authorText(other)}`]),
  ];
  return `${terminalFaultText(plan)}: a dry run, nothing was done\n${table(rows, INDENT)}`;
}

function inverseText({ restore, clear, unshift, amend }: Inverse): string {
  return [
    ...(restore.length === 0 ? [] : [`${restore.join(', ')} running again`]),
    ...(clear.length === 0 ? [] : [`${clear.length} ways as before`]),
    ...(unshift.length === 0 ? [] : [`${unshift.join(', ')} back in rotation`]),
    ...(amend.length === 0 ? [] : [`${amend.join(', ')} doing right again`]),
  ].join('; ');
}
