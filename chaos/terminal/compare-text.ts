/** A comparison for people: what is beyond the noise first, then every figure with its bound, then what the bounds do not hold. */
import { table } from '#chaos/terminal/table.ts';
import { count, duration, percent, ratio } from '../report/figure-text.ts';
import type { Comparison, FigureComparison } from '../report/compare/compare.ts';

/** Lines joined by line ends. */
export function comparisonText({ experiment, confidence, expectedByChance, azs, notes }: Comparison): string {
  const changed = azs.flatMap(({ az, figures }) => figures.filter(({ outcome }) => outcome === 'worse' || outcome === 'better').map((one) => ({ az, one })));
  const noise = changed.some(({ one }) => one.from === 'seconds') ? 'what varies within a run' : 'noise';
  const head = changed.length === 0
    ? [`${experiment}: no difference beyond the noise`]
    : [`${experiment}: ${changed.length} figures differ by more than ${noise}`, ...changed.map(({ az, one }) => `  ${one.outcome.padEnd(6)}  ${az}  ${one.figure}: ${valueText(one, one.before)}, now ${valueText(one, one.after)}`)];
  return [
    ...head,
    ...azs.flatMap(({ az, verdicts, figures }) => ['', `${az}  ${verdicts.before.join(' ')}, now ${verdicts.after.join(' ')}`, table([HEAD, ...figures.map(rowOf)], '  ')]),
    '',
    `Bounds of ${percent(confidence)} each: of these figures ${expectedByChance.toFixed(1)} cross theirs by chance alone.`,
    ...notes,
  ].join('\n');
}

const HEAD = ['figure', 'before', 'now', 'difference', 'noise', ''];

function rowOf(one: FigureComparison): string[] {
  const difference = valueText(one, one.difference);
  return [
    one.figure, valueText(one, one.before), valueText(one, one.after),
    (one.difference ?? 0) > 0 && /[1-9]/.test(difference) ? `+${difference}` : difference, one.noise === null ? '–' : `± ${valueText(one, one.noise)}`, one.outcome,
  ];
}

function valueText({ unit }: FigureComparison, value: number | null): string {
  if (value === null) return '–';
  switch (unit) {
    case 'ms':
      return duration(value);
    case 'orders':
      return count(Math.round(value));
    case 'share':
      return `${(value * 100).toFixed(1)} %`;
    case 'attempts':
      return ratio(value);
  }
}
