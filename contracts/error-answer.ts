/** How a refusal reads: the body of every answer of the API that is none of the 2xx, but for a region that does not serve. */
import { Type } from 'typebox';
import { ERRORS, type ErrorCode } from './errors.ts';

export const RefusalSchema = Type.Object({
  code: Type.Enum(Object.keys(ERRORS) as ErrorCode[], { description: 'Stable; it stands in the header x-azimuth-error too' }),
  message: Type.String({ description: 'What is wrong and what to do, for people' }),
});

export const ErrorAnswerSchema = Type.Object({ error: RefusalSchema });
