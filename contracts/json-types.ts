/** What many schemas of the API are made of: a value that may be missing, a moment, an AZ. */
import { Type, type TSchema } from 'typebox';
import { AVAILABILITY_ZONES } from './labels.ts';

export const Nullable = <T extends TSchema>(schema: T, options: { description?: string } = {}) => Type.Union([schema, Type.Null()], options);

export const Az = Type.Enum([...AVAILABILITY_ZONES]);

/** Of whoever says it; one machine carries them all. */
export const WallMs = Type.Number({ description: 'Wall clock, milliseconds since the epoch' });
