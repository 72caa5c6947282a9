/**
 * One look for every dashboard: an AZ has the same colour wherever it appears (contracts/az-colours.ts), and neither red
 * nor green is one of them, which stand for bad and good.
 */
import { FieldColorBuilder, FieldColorModeId, MappingType, ThresholdsConfigBuilder, ThresholdsMode, type DynamicConfigValue, type MatcherConfig, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { AZ_COLOURS } from '#contracts/az-colours.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';

export const GOOD = 'green';
export const BAD = 'red';
const DOUBTFUL = 'orange';

/** A series whose name begins with an AZ is about that AZ. */
export function azColours(): { matcher: MatcherConfig; properties: DynamicConfigValue[] }[] {
  return AVAILABILITY_ZONES.map((az) => ({
    matcher: { id: 'byRegexp', options: `/^${az}\\b/` },
    properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: AZ_COLOURS[az] } }],
  }));
}

/** A named series in a colour of its own. */
export function named(name: string, colour: string): { matcher: MatcherConfig; properties: DynamicConfigValue[] } {
  return { matcher: { id: 'byName', options: name }, properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }] };
}

/** Colours from a value on: the first holds below every bound. */
export function thresholds(first: string, ...steps: readonly [from: number, colour: string][]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([{ value: null, color: first }, ...steps.map(([value, color]) => ({ value, color }))]);
}

/** The more, the better; below `bad` it is bad, below `good` doubtful. */
export function highIsGood(bad: number, good: number): ThresholdsConfigBuilder {
  return thresholds(BAD, [bad, DOUBTFUL], [good, GOOD]);
}

export function lowIsGood(doubtful: number, bad: number): ThresholdsConfigBuilder {
  return thresholds(GOOD, [doubtful, DOUBTFUL], [bad, BAD]);
}

export function byThreshold(): FieldColorBuilder {
  return new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
}

/** Words for 0 and for 1 and more. */
export function words(zero: { text: string; color: string }, one: { text: string; color: string }): ValueMapping[] {
  return [
    { type: MappingType.ValueToText, options: { '0': { ...zero, index: 0 } } },
    { type: MappingType.RangeToText, options: { from: 1, to: 1e9, result: { ...one, index: 1 } } },
  ];
}
