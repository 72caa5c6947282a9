/**
 * A region in virtual time: customers → front door → a load balancer per AZ → storefronts → kitchens, as
 * DESIGN draws it, each arrow the shipped policy. Its shape is a parameter: three AZs with two replicas
 * each by default, thousands of replicas for scale.
 *
 * Larger fleets do not probe everybody from everywhere: each caller sees a fixed subset of each AZ's
 * replicas, spread evenly (deterministic subsetting, *Site Reliability Engineering*, chapter 20).
 */
import type { ClientParameters } from '#policy/parameters.ts';
import { createRandom } from '#policy/random.ts';
import { BalancedClient } from './balanced-client.ts';
import { Customers } from './customers.ts';
import { DEFAULT_KITCHEN, Kitchen, type BakedKeys, type KitchenShape } from './kitchen.ts';
import { LoadBalancer } from './load-balancer.ts';
import { DEFAULT_NETWORK, Network, type NetworkShape } from './network.ts';
import { Node } from './node.ts';
import { Storefront } from './storefront.ts';
import { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface RegionShape {
  /** Put before every name, for several regions in one virtual time. */
  prefix: string;
  azs: number;
  storefrontsPerAz: number;
  kitchensPerAz: number;
  /** Replicas of each AZ that one caller sees. */
  subset: number;
  rescue: boolean;
  /** Orders carry an `idempotency-key`, so that they may be sent again. */
  keyed: boolean;
  /** The front door alone times tries out. */
  frontDoor: Partial<ClientParameters>;
  parameters: Partial<ClientParameters>;
  kitchen: KitchenShape;
  network: NetworkShape;
}

const DEFAULT_REGION: RegionShape = {
  prefix: '',
  azs: 3,
  storefrontsPerAz: 2,
  kitchensPerAz: 2,
  subset: 8,
  rescue: true,
  keyed: true,
  frontDoor: { tryTimeoutMs: 690 },
  parameters: {},
  kitchen: DEFAULT_KITCHEN,
  network: DEFAULT_NETWORK,
};

/** A program opens its port after its first round of checks, or after this time. */
const LISTEN_AFTER_MS = 1000;
const READY_POLL_MS = 5;

export interface Region {
  time: VirtualTime;
  network: Network;
  trace: Trace;
  customers: Customers;
  baked: BakedKeys;
  /** Everything that can be broken, by name. */
  nodes: Map<string, Node>;
  frontDoor: Node;
  /** Balanced clients of the current lives, by node name. */
  clients: Map<string, BalancedClient>;
}

/** Builds the region and starts every process at the current moment. The same seed builds the same run. */
export function createRegion(time: VirtualTime, seed: number, change: Partial<RegionShape> = {}): Region {
  const shape = { ...DEFAULT_REGION, ...change };
  const seeds = createRandom(seed);
  const fork = (): (() => number) => createRandom(Math.floor(seeds() * 2 ** 32));
  const network = new Network(time, fork(), shape.network);
  const trace = new Trace(time);
  const baked: BakedKeys = new Map();
  const nodes = new Map<string, Node>();
  const clients = new Map<string, BalancedClient>();

  const balanced = (node: Node, upstream: string, targets: readonly Node[], parameters: Partial<ClientParameters>, listen: () => void): BalancedClient => {
    const client = new BalancedClient(node, network, { upstream, ownZone: node.az, targets, parameters, rescue: shape.rescue }, fork(), trace);
    clients.set(node.name, client);
    const bootedMs = time.nowMs;
    const poll = (): void => {
      if (client.isReady() || time.nowMs - bootedMs >= LISTEN_AFTER_MS) listen();
      else node.timer(time.nowMs + READY_POLL_MS, poll);
    };
    poll();
    return client;
  };
  const place = (az: string, role: string, index: number): Node => {
    const node = new Node(time, { name: `${az}-${role}-${letters(index)}`, az, dc: `${az}-dc${(index % 2) + 1}` }, (self, listen) => {
      if (role === 'kitchen') {
        listen();
        return new Kitchen(self, shape.kitchen, fork(), baked);
      }
      return new Storefront(self, balanced(self, 'kitchen', seenBy(kitchens, index, shape.subset), shape.parameters, listen));
    });
    nodes.set(node.name, node);
    return node;
  };

  const azs = Array.from({ length: shape.azs }, (_, index) => `${shape.prefix}az${index + 1}`);
  const kitchens = azs.map((az) => Array.from({ length: shape.kitchensPerAz }, (_, index) => place(az, 'kitchen', index)));
  const storefronts = azs.map((az) => Array.from({ length: shape.storefrontsPerAz }, (_, index) => place(az, 'storefront', index)));
  const loadBalancers = azs.map((az) => {
    const node: Node = new Node(time, { name: `${az}-load-balancer`, az, dc: `${az}-dc1` }, (self, listen) =>
      new LoadBalancer(balanced(self, 'storefront', storefronts.flat(), shape.parameters, listen)));
    nodes.set(node.name, node);
    return node;
  });
  const frontDoor = new Node(time, { name: `${shape.prefix}front-door`, az: null, dc: null }, (self, listen) =>
    new LoadBalancer(balanced(self, 'load-balancer', loadBalancers, { ...shape.parameters, ...shape.frontDoor }, listen)));
  const everyone = new Node(time, { name: `${shape.prefix}customers`, az: null, dc: null }, () => ({ handle: () => {}, load: () => null, firstAttempts: () => null }));
  const customers = new Customers(everyone, network, frontDoor, shape.keyed, fork());

  for (const node of [...nodes.values(), frontDoor, everyone]) node.start(0);
  return { time, network, trace, customers, baked, nodes, frontDoor, clients };
}

/** The replicas that the caller with this index sees: `subset` of each AZ, neighbours shifted by one. */
function seenBy(replicas: readonly (readonly Node[])[], callerIndex: number, subset: number): Node[] {
  return replicas.flatMap((ofAz) => {
    if (ofAz.length <= subset) return [...ofAz];
    return Array.from({ length: subset }, (_, offset) => ofAz[(callerIndex + offset) % ofAz.length]!);
  });
}

/** 0 → a, 25 → z, 26 → aa: how the region names its replicas. */
function letters(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letters(Math.floor(index / 26) - 1) + last;
}
