/**
 * What a link's `/metrics` shows: the reference's two counters under its names and labels, but live, and
 * under our own prefix what its users asked for: open connections, dials, closes by cause, toxics and how
 * many connections each governs (Toxiproxy issues 266, 365, 393).
 */
import { Counter, Gauge, type Registry } from 'prom-client';
import { METRIC } from '#contracts/metrics.ts';
import type { Proxies } from './proxies.ts';
import type { ProxyTraffic, TrafficLedger } from './proxy-traffic.ts';

const WAY = ['listener', 'proxy', 'upstream'];
const STREAMS = ['upstream', 'downstream'] as const;

type Labels = Record<string, string>;

export function measureProxies(registry: Registry, ledger: TrafficLedger, proxies: Proxies): void {
  measureBytes(registry, ledger);
  const registers = [registry];
  total(registry, METRIC.linkAccepted, 'Clients that connected.', WAY, () => each(ledger, (traffic) => [[{}, traffic.accepted]]));
  total(registry, METRIC.linkDialsFailed, 'Clients that were closed because their upstream could not be dialled, by reason.', [...WAY, 'reason'], () =>
    each(ledger, (traffic) => Object.entries(traffic.dialFailures).map(([reason, count]) => [{ reason }, count])),
  );
  total(registry, METRIC.linkClosed, 'Connections that ended, by cause.', [...WAY, 'cause'], () =>
    each(ledger, (traffic) => Object.entries(traffic.closed).map(([cause, count]) => [{ cause }, count])),
  );
  new Gauge({
    name: METRIC.linkOpen,
    help: 'Connections that are open, those still dialling included.',
    labelNames: ['proxy'],
    registers,
    collect() {
      this.reset();
      for (const proxy of proxies.all()) this.set({ proxy: proxy.name }, proxy.openConnections);
    },
  });
  new Gauge({
    name: METRIC.linkToxics,
    help: 'Toxics in place, by type.',
    labelNames: ['proxy', 'type', 'stream'],
    registers,
    collect() {
      this.reset();
      for (const proxy of proxies.all()) {
        for (const { kind, stream } of proxy.listToxics()) this.inc({ proxy: proxy.name, type: kind.type, stream });
      }
    },
  });
  new Gauge({
    name: METRIC.linkGoverned,
    help: 'Connections that a toxic governs now, as its toxicity drew them.',
    labelNames: ['proxy', 'toxic'],
    registers,
    collect() {
      this.reset();
      for (const proxy of proxies.all()) {
        for (const [toxic, count] of proxy.governedBy()) this.set({ proxy: proxy.name, toxic }, count);
      }
    },
  });
}

function measureBytes(registry: Registry, ledger: TrafficLedger): void {
  const labels = ['direction', ...WAY];
  const bytes = (of: 'received' | 'sent' | 'discarded') => () =>
    each(ledger, (traffic) => STREAMS.map((direction) => [{ direction }, traffic[of][direction]]));
  total(registry, METRIC.toxiproxyReceived, 'Bytes read from the source of a direction.', labels, bytes('received'));
  total(registry, METRIC.toxiproxySent, 'Bytes written to the destination of a direction.', labels, bytes('sent'));
  total(registry, METRIC.linkDiscarded, 'Bytes that a toxic swallowed.', labels, bytes('discarded'));
}

function each(ledger: TrafficLedger, read: (traffic: ProxyTraffic) => [Labels, number][]): [Labels, number][] {
  return [...ledger.all()].flatMap((traffic) => {
    const { proxy, listener, upstream } = traffic;
    return read(traffic).map(([labels, value]): [Labels, number] => [sorted({ ...labels, proxy, listener, upstream }), value]);
  });
}

/** In the order of their names, as the reference's library writes them. */
function sorted(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A counter that takes over totals which are counted elsewhere. */
function total(registry: Registry, name: string, help: string, labelNames: string[], read: () => [Labels, number][]): void {
  new Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}
