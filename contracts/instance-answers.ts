/**
 * What balancers and kitchens answer at their admin addresses, as schemas. Programs of the region need the types alone
 * (`admin.ts`), and start some 20 ms of CPU sooner without these: they are for who describes the API.
 */
import { Type } from 'typebox';
import { StampedEventSchema } from './events.ts';
import { UpstreamOpinionSchema } from './faults.ts';

export const TargetsAnswerSchema = Type.Object({ upstreams: Type.Array(UpstreamOpinionSchema) });

/** Of a list that is read on from `?after=<nextSeq>`. */
const Page = { nextSeq: Type.Integer(), dropped: Type.Boolean({ description: 'Older ones no longer are in memory' }) };

export const EventsAnswerSchema = Type.Object({ events: Type.Array(StampedEventSchema), ...Page });

const Count = Type.Integer();
export const CountersAnswerSchema = Type.Object({
  upstreams: Type.Record(Type.String(), Type.Object({ requests: Count, failed: Count, attempts: Count, rescues: Count, retries: Count })),
});

export const BakedAnswerSchema = Type.Object({ keys: Type.Array(Type.String(), { description: 'In the order in which they left an oven' }), ...Page });
