/**
 * What a person sees while an experiment runs: phase, offered, answered, failed and the share of each AZ.
 * A terminal is updated in place; anything else gets a line every few seconds, so that a log stays readable.
 */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { PATIENCE_MS, SETTLED_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { statedFaultText, statedFault } from '#chaos/verdict/stated-fault.ts';
import type { RunView } from './run.ts';

const WINDOW_MS = 1000;
const TERMINAL_MS = 500;
const LOG_MS = 4000;

/** One line about `nowMs`. Counts are orders: of one settled second, then of the run since its baseline. */
export function liveLine(view: RunView, nowMs: number): string {
  const { phase, phaseStartedMs, request, records, baselineMs } = view;
  const toMs = nowMs - SETTLED_MS;
  const orders = recentOrders(records, toMs - WINDOW_MS).filter(({ intendedMs }) => intendedMs < toMs);
  const answered = orders.filter(isAnswered);
  const shares = AVAILABILITY_ZONES.map((az) => {
    const share = answered.length === 0 ? 0 : answered.filter((record) => record.az === az).length / answered.length;
    return `${az} ${String(Math.round(share * 100)).padStart(2)} %`;
  });
  const run = totals(records, baselineMs);
  const what = phase === 'fault' ? statedFaultText(statedFault(request.document.fault, request.az)) : phase;
  const elapsedS = Math.max(0, Math.floor((nowMs - phaseStartedMs) / 1000));
  return (
    `${what} ${elapsedS} s`.padEnd(18) +
    `│ ${orders.length}/s offered ${answered.length} answered ${orders.length - answered.length} failed │ ${shares.join(' ')}` +
    (run === null ? '' : ` │ run: ${run.offered} offered ${run.failed} failed`)
  );
}

/** Shows the line of whatever run is under way, until stopped. */
export class LiveDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #timer: NodeJS.Timeout;
  #view: RunView | null = null;
  #hasLine = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
    this.#timer = setInterval(() => this.#draw(), stream.isTTY ? TERMINAL_MS : LOG_MS);
  }

  readonly show = (view: RunView): void => {
    this.#view = view;
    this.#draw();
  };

  stop(): void {
    clearInterval(this.#timer);
    if (this.#hasLine) this.#stream.write('\n');
  }

  #draw(): void {
    if (this.#view === null) return;
    const line = liveLine(this.#view, Date.now());
    if (!this.#stream.isTTY) {
      this.#stream.write(`${line}\n`);
      return;
    }
    this.#hasLine = true;
    this.#stream.write(`\r\x1b[K${line.slice(0, this.#stream.columns - 1)}`);
  }
}

/** Records come in the order in which they settled, so the last stretch is near the end. */
function recentOrders(records: readonly CustomerRecord[], fromMs: number): CustomerRecord[] {
  const found: CustomerRecord[] = [];
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index] as CustomerRecord;
    if (record.intendedMs < fromMs - PATIENCE_MS) break;
    if (record.kind === 'order' && record.intendedMs >= fromMs) found.push(record);
  }
  return found;
}

function totals(records: readonly CustomerRecord[], baselineMs: number | null): { offered: number; failed: number } | null {
  if (baselineMs === null) return null;
  let offered = 0;
  let failed = 0;
  for (const record of records) {
    if (record.kind !== 'order' || record.intendedMs < baselineMs) continue;
    offered += 1;
    if (!isAnswered(record)) failed += 1;
  }
  return { offered, failed };
}
