/** What customers got, in a line. The words are those of the verdict: offered, answered, failed, late. */
import type { Fault } from '#contracts/faults.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import { terminalFaultText } from './fault-text.ts';
import { countdown, percent } from './table.ts';

export function customersText({ orders, menu, shareByAz, latencyMs }: CustomerSummary): string {
  const parts = [
    `${count(orders.offered)} offered`,
    `${count(orders.answered)} answered`,
    `${count(orders.failed)} failed`,
    ...(orders.late > 0 ? [`${count(orders.late)} late`] : []),
    ...(menu.failed > 0 ? [`${count(menu.failed)} menus failed`] : []),
  ];
  const shares = sharesText(shareByAz);
  return [parts.join(', '), ...(shares === '' ? [] : [shares]), ...(latencyMs === null ? [] : [`p99 ${Math.round(latencyMs.p99)} ms, max ${Math.round(latencyMs.max)} ms`])].join(' | ');
}

/** `az1 33 %  az2 34 %  az3 33 %`, of the answered. */
function sharesText(shareByAz: Record<string, number>): string {
  return Object.keys(shareByAz).sort().map((az) => `${az} ${percent(shareByAz[az] ?? 0)}`).join('  ');
}

/** `kill az1 (9m 58s)`; empty without faults. */
export function faultsText(faults: readonly Fault[], nowMs: number): string {
  return faults.map((fault) => `${terminalFaultText(fault)} (${fault.state === 'healing' ? 'healing' : countdown(fault.leaseEndsMs - nowMs)})`).join(', ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
