/**
 * What the injector's HTTP API has, route by route: the injector answers them, the controller offers exactly these to
 * people and passes them on. What is not in this table is reached by nobody; `GET /v1/openapi.json` is drawn from it.
 */
import { Type, type TObject } from 'typebox';
import { json, nothing, sequence, type ApiAnswers } from './api-answer.ts';
import {
  FaultListSchema, FaultPlanSchema, FaultRequestSchema, FaultSchema, HealAnswerSchema, HealRequestSchema, LeaseRequestSchema, LeverRequestSchema, LeverSchema,
  ResidueAnswerSchema, SettingsAnswerSchema, SettingsRequestSchema, TrafficRequestSchema, TrafficSchema,
} from './faults.ts';
import { BakedAnswerSchema, CountersAnswerSchema, EventsAnswerSchema, TargetsAnswerSchema } from './instance-answers.ts';
import { CustomerRecordSchema, CustomerSummarySchema } from './records.ts';
import { RegionStatusSchema, ServingSchema } from './region-status.ts';
import { RegionSchema } from './region.ts';
import { RunningRegionSchema } from './running.ts';
import { VerdictReportSchema } from './verdict-report.ts';

/** Programs are asked, each for at most some seconds; a page of records is up to some megabytes. */
const LOOK_TIMEOUT_MS = 20_000;
/** An AZ is started, or taken off its networks. */
const ACT_TIMEOUT_MS = 90_000;
/** What customers keep in mind for people who watch. */
const SUMMARY_WINDOW_MS = 10_000;

export interface ApiRoute {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With `:name` for a parameter. */
  url: string;
  /** What it does, a few words. */
  summary: string;
  schema: { params?: TObject; querystring?: TObject; body?: TObject };
  /** What it answers, by status, refusals with an error of the catalogue left out. */
  answers: ApiAnswers;
  /** How long whoever passes it on waits for the whole answer, milliseconds. */
  timeoutMs: number;
}

const Digits = (fallback: number) => Type.String({ pattern: '^[0-9]{1,15}$', default: String(fallback) });
const Id = Type.Object({ id: Type.String({ maxLength: 64 }) });
const After = Type.Object({ after: Type.Optional(Digits(0)) });
const looks = { timeoutMs: LOOK_TIMEOUT_MS } as const;
const acts = { timeoutMs: ACT_TIMEOUT_MS } as const;
const healed = { 200: json('What was brought back, and what remains', HealAnswerSchema) };

export const INJECTOR_ROUTES = {
  status: { method: 'GET', url: '/v1/status', summary: 'Faults, components, customers and what each balancer thinks', schema: {}, answers: { 200: json('As it is now', RegionStatusSchema) }, ...looks },
  region: { method: 'GET', url: '/v1/region', summary: 'The description of the region, azimuth.region/1', schema: {}, answers: { 200: json('The description', RegionSchema) }, ...looks },
  running: { method: 'GET', url: '/v1/running', summary: 'Which region this is and what of it can be opened', schema: {}, answers: { 200: json('Its name, body and addresses', RunningRegionSchema) }, ...looks },
  serving: {
    method: 'GET', url: '/v1/serving', summary: 'Whether the region serves', schema: {},
    answers: { 200: json('It serves', ServingSchema), 503: json('It does not, and what is missing', ServingSchema) }, ...looks,
  },

  faults: { method: 'GET', url: '/v1/faults', summary: 'Faults that are held', schema: {}, answers: { 200: json('Those that are held now', FaultListSchema) }, ...looks },
  break: {
    method: 'POST', url: '/v1/faults', summary: 'Make a fault, or with dryRun say what it would be',
    schema: { querystring: Type.Object({ dryRun: Type.Optional(Type.Enum(['true', 'false'])) }, { additionalProperties: false }), body: FaultRequestSchema },
    answers: {
      200: json('With dryRun: what it would be', FaultPlanSchema),
      201: json('The fault, which is made', FaultSchema, { location: Type.String({ description: 'Where it is healed' }) }),
    }, ...acts,
  },
  renew: { method: 'PUT', url: '/v1/faults/:id/lease', summary: 'Let a fault live so long from now', schema: { params: Id, body: LeaseRequestSchema }, answers: { 200: json('The fault, with its new end', FaultSchema) }, ...acts },
  healFault: { method: 'DELETE', url: '/v1/faults/:id', summary: 'Heal one fault', schema: { params: Id }, answers: healed, ...acts },
  heal: { method: 'POST', url: '/v1/heal', summary: 'Heal everything, or one target', schema: { body: HealRequestSchema }, answers: healed, ...acts },
  residue: { method: 'GET', url: '/v1/residue', summary: 'What is not as the description has it, by inspection', schema: {}, answers: { 200: json('What differs; empty for a region that is whole', ResidueAnswerSchema) }, ...looks },
  lever: { method: 'GET', url: '/v1/lever', summary: 'Whether new faults are blocked', schema: {}, answers: { 200: json('Whether, why and since when', LeverSchema) }, ...looks },
  setLever: { method: 'PUT', url: '/v1/lever', summary: 'Block new faults, or let them go on', schema: { body: LeverRequestSchema }, answers: { 200: json('As it stands from now on', LeverSchema) }, ...acts },

  traffic: { method: 'PUT', url: '/v1/traffic', summary: 'Orders per second', schema: { body: TrafficRequestSchema }, answers: { 200: json('What customers do from now on', TrafficSchema) }, ...acts },
  settings: { method: 'PUT', url: '/v1/settings', summary: 'Switches: rescue of the balancers, ovens of the kitchens', schema: { body: SettingsRequestSchema }, answers: { 200: json('As they stand from now on', SettingsAnswerSchema) }, ...acts },
  tellVerdict: { method: 'PUT', url: '/v1/verdicts', summary: 'Show in Grafana what a run found', schema: { body: VerdictReportSchema }, answers: { 204: nothing('It is shown') }, ...acts },

  summary: { method: 'GET', url: '/v1/customers/summary', summary: 'What customers got in the last windowMs', schema: { querystring: Type.Object({ windowMs: Digits(SUMMARY_WINDOW_MS) }) }, answers: { 200: json('Counts and latencies', CustomerSummarySchema) }, ...looks },
  records: {
    method: 'GET', url: '/v1/customers/records', summary: 'Records of requests, as NDJSON',
    schema: { querystring: Type.Object({ after: Type.Optional(Digits(0)), limit: Type.Optional(Digits(0)) }) },
    answers: {
      200: sequence('A line for each, from after on: a CustomerRecord', 'application/x-ndjson', CustomerRecordSchema, {
        'x-next-seq': Type.String({ pattern: '^[0-9]+$', description: 'What after is to be for those that come next' }),
        'x-dropped': Type.Optional(Type.Literal('1', { description: 'Some that came after it no longer are in memory' })),
      }),
    }, ...looks,
  },
  instance: {
    method: 'GET', url: '/v1/instances/:name/:what', summary: 'What one program says of itself',
    schema: { params: Type.Object({ name: Type.String({ maxLength: 64 }), what: Type.Enum(['targets', 'events', 'counters', 'baked']) }), querystring: After },
    answers: { 200: json('In its own words, by what was asked: targets, events or counters of a balancer, keys that a kitchen baked', Type.Union([TargetsAnswerSchema, EventsAnswerSchema, CountersAnswerSchema, BakedAnswerSchema])) },
    ...looks,
  },
} as const satisfies Record<string, ApiRoute>;
