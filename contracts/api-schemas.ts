/** The names under which the OpenAPI document has what goes over the API (`components/schemas`): those of the types in a client that is generated from it. */
import type { TSchema } from 'typebox';
import { CapacityConditionsSchema, CapacityEvidenceSchema, CapacityProbeSchema } from './capacity.ts';
import { ErrorAnswerSchema, RefusalSchema } from './error-answer.ts';
import { StampedEventSchema } from './events.ts';
import { ExperimentDocumentSchema, KneeSearchDocumentSchema } from './experiment.ts';
import {
  FaultDetailSchema, FaultListSchema, FaultPlanSchema, FaultRequestSchema, FaultSchema, HealAnswerSchema, HealRequestSchema, LeaseRequestSchema, LeverRequestSchema, LeverSchema,
  ResidueAnswerSchema, ResidueSchema, SettingsAnswerSchema, SettingsRequestSchema, SettingsSchema, TrafficRequestSchema, TrafficSchema, UpstreamOpinionSchema,
} from './faults.ts';
import { BakedAnswerSchema, CountersAnswerSchema, EventsAnswerSchema, TargetsAnswerSchema } from './instance-answers.ts';
import { ToldEventSchema } from './journal.ts';
import { CustomerRecordSchema, CustomerSummarySchema } from './records.ts';
import { ComponentStatusSchema, RegionStatusSchema, ServingSchema } from './region-status.ts';
import { RegionSchema } from './region.ts';
import { RunningRegionSchema } from './running.ts';
import { GapEventSchema, RegionEventSchema, RunAboutSchema, RunEndSchema, RunEventSchema, RunListSchema, RunRequestSchema, RunSchema, SearchRequestSchema } from './runs.ts';
import { VerdictReportSchema } from './verdict-report.ts';

export const API_SCHEMAS = {
  ErrorAnswer: ErrorAnswerSchema, Refusal: RefusalSchema,

  RegionStatus: RegionStatusSchema, ComponentStatus: ComponentStatusSchema, UpstreamOpinion: UpstreamOpinionSchema,
  Region: RegionSchema, RunningRegion: RunningRegionSchema, Serving: ServingSchema,

  FaultRequest: FaultRequestSchema, FaultDetail: FaultDetailSchema, Fault: FaultSchema, FaultList: FaultListSchema, FaultPlan: FaultPlanSchema, LeaseRequest: LeaseRequestSchema,
  HealRequest: HealRequestSchema, HealAnswer: HealAnswerSchema, Residue: ResidueSchema, ResidueAnswer: ResidueAnswerSchema,
  LeverRequest: LeverRequestSchema, Lever: LeverSchema,
  TrafficRequest: TrafficRequestSchema, Traffic: TrafficSchema, SettingsRequest: SettingsRequestSchema, Settings: SettingsSchema, SettingsAnswer: SettingsAnswerSchema,
  VerdictReport: VerdictReportSchema,

  CustomerSummary: CustomerSummarySchema, CustomerRecord: CustomerRecordSchema,
  TargetsAnswer: TargetsAnswerSchema, EventsAnswer: EventsAnswerSchema, CountersAnswer: CountersAnswerSchema, BakedAnswer: BakedAnswerSchema, StampedEvent: StampedEventSchema,

  ExperimentDocument: ExperimentDocumentSchema, RunRequest: RunRequestSchema, Run: RunSchema, RunList: RunListSchema, RunAbout: RunAboutSchema, RunEnd: RunEndSchema,
  KneeSearchDocument: KneeSearchDocumentSchema, SearchRequest: SearchRequestSchema,
  CapacityEvidence: CapacityEvidenceSchema, CapacityConditions: CapacityConditionsSchema, CapacityProbe: CapacityProbeSchema,
  RegionEvent: RegionEventSchema, RunEvent: RunEventSchema, ToldEvent: ToldEventSchema, GapEvent: GapEventSchema,
} as const satisfies Record<string, TSchema>;
