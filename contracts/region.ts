/**
 * `region.json`, schema `azimuth.region/1`: the compiled description of one region. `docker-compose.yml` is
 * its only source; every program reads this file and nothing of Compose. Addresses are where the traffic
 * goes; version, instance and boot come from health answers, never from here.
 */
import { Type, type Static } from 'typebox';
import { AVAILABILITY_ZONES, ROLES, SCOPES } from './labels.ts';

export const REGION_SCHEMA = 'azimuth.region/1';

/** A region's name also names containers, networks and folders. */
export const REGION_NAME_PATTERN = '^[a-z][a-z0-9-]{0,30}$';

/** What an AZ's balancer takes for a request that names no service, unless its environment says another. */
export const DEFAULT_SERVICE = 'storefront';

export const BodySchema = Type.Enum(['compose', 'embedded']);

const Port = Type.Integer({ minimum: 1, maximum: 65535 });
const Address = Type.Object({ host: Type.String({ minLength: 1 }), port: Port }, { additionalProperties: false });

/** A network of the description, the address that the others know, and names beside its own. */
const NetworkJoinSchema = Type.Object(
  { name: Type.String({ minLength: 1 }), address: Type.String({ minLength: 1 }), aliases: Type.Array(Type.String()) },
  { additionalProperties: false },
);

const EndpointSchema = Type.Object(
  {
    /** Compose service name, unique in the region; also the instance id in health answers. */
    name: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    role: Type.Enum([...ROLES]),
    az: Type.Union([Type.Enum([...AVAILABILITY_ZONES]), Type.Null()]),
    dc: Type.Union([Type.String(), Type.Null()]),
    /** Called name of a role `service` endpoint, else null. */
    service: Type.Union([Type.String(), Type.Null()]),
    scope: Type.Enum([...SCOPES]),
    /** Where traffic arrives; null for what takes none. A caller in another AZ reaches it through its own link's proxy. */
    address: Type.Union([Address, Type.Null()]),
    /** Where `/metrics`, `/readyz` and the switches are; null for a container that is not ours. */
    admin: Type.Union([Address, Type.Null()]),
    /** Program to run, relative to the checkout; null for a container that is not ours. */
    program: Type.Union([Type.String(), Type.Null()]),
    /** Where the container stands: what it must get back after it was away. Empty for a process. */
    networks: Type.Array(NetworkJoinSchema),
    /** Environment that the description gives the program, variables already substituted. */
    environment: Type.Record(Type.String(), Type.String()),
  },
  { additionalProperties: false },
);

/** Name of the toxic that holds a way's base latency; it is no fault and stays. */
export const BASE_LATENCY_TOXIC = 'base-latency';

/** One way over a link: what connects to `listen` reaches `upstream`. */
const LinkProxySchema = Type.Object(
  {
    /** Name of the Toxiproxy proxy: that of the endpoint it leads to, unique in its link. */
    name: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    /** AZ whose members connect; null for what stands outside every AZ. */
    from: Type.Union([Type.Enum([...AVAILABILITY_ZONES]), Type.Null()]),
    /** AZ of the endpoint it leads to. */
    to: Type.Enum([...AVAILABILITY_ZONES]),
    listen: Address,
    upstream: Address,
    /** Delay of the request direction that is always there, whole milliseconds; between AZs 1, from outside 0. */
    baseLatencyMs: Type.Integer({ minimum: 0, maximum: 1000 }),
  },
  { additionalProperties: false },
);

/** An AZ's link: everything that enters the AZ from outside or leaves it crosses it. */
const LinkSchema = Type.Object(
  {
    /** Its endpoint's name. */
    name: Type.String({ pattern: '^[a-z][a-z0-9-]*$' }),
    az: Type.Enum([...AVAILABILITY_ZONES]),
    /** Toxiproxy's HTTP API; reachable by the injector, by no member of an AZ. */
    api: Address,
    proxies: Type.Array(LinkProxySchema),
  },
  { additionalProperties: false },
);

export const RegionSchema = Type.Object(
  {
    schema: Type.Literal(REGION_SCHEMA),
    region: Type.String({ pattern: REGION_NAME_PATTERN }),
    body: BodySchema,
    endpoints: Type.Array(EndpointSchema),
    /** One for each AZ; empty for a region without links, whose members call each other directly. */
    links: Type.Array(LinkSchema),
  },
  { additionalProperties: false },
);

export type Region = Static<typeof RegionSchema>;
export type Link = Static<typeof LinkSchema>;
export type LinkProxy = Static<typeof LinkProxySchema>;
export type Endpoint = Static<typeof EndpointSchema>;
export type NetworkAddress = Static<typeof Address>;
