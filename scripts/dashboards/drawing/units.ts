/** Values as Grafana writes them, by the ids of its units; only those that our dashboards use. */
const BINARY = ['B', 'KiB', 'MiB', 'GiB'];
const DECIMAL = ['', 'K', 'Mil', 'Bil'];

/** @param decimals null chooses them by the size of the value; `nowMs` is what "ago" counts from */
export function formatValue(value: number, unit: string, decimals: number | null, nowMs = 0): string {
  switch (unit) {
    case 'percentunit':
      return `${fixed(value * 100, decimals)}%`;
    case 's':
      return duration(value, decimals);
    case 'reqps':
      return `${scaled(value, 1000, DECIMAL, decimals)} req/s`;
    case 'cps':
      return `${scaled(value, 1000, DECIMAL, decimals)} c/s`;
    case 'bytes':
      return scaled(value, 1024, BINARY, decimals);
    case 'Bps':
      return `${scaled(value, 1000, ['', 'k', 'M', 'G'], decimals, ' ')}B/s`;
    case 'dateTimeFromNow':
      return ago((nowMs - value) / 1000);
    case 'short':
      return scaled(value, 1000, DECIMAL, decimals);
    case 'none':
      return fixed(value, decimals);
    default:
      throw new RangeError(`No way to write the unit "${unit}" is known here.`);
  }
}

function fixed(value: number, decimals: number | null): string {
  return value.toFixed(decimals ?? decimalsOf(value));
}

/** Three figures. */
function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 100) return 0;
  return size >= 10 ? 1 : 2;
}

function duration(value: number, decimals: number | null): string {
  const size = Math.abs(value);
  if (size === 0) return '0 s';
  if (size < 1e-3) return `${fixed(value * 1e6, decimals)} µs`;
  if (size < 1) return `${fixed(value * 1e3, decimals)} ms`;
  return `${fixed(value, decimals)} s`;
}

function scaled(value: number, step: number, names: readonly string[], decimals: number | null, gap = ''): string {
  let power = 0;
  while (power < names.length - 1 && Math.abs(value) / step ** power >= step) power += 1;
  const name = names[power] ?? '';
  const space = gap !== '' ? gap : name === '' ? '' : ' ';
  return `${fixed(value / step ** power, decimals)}${space}${name}`;
}

function ago(seconds: number): string {
  const [count, name] = seconds < 90 ? [Math.round(seconds), 'second'] : [Math.round(seconds / 60), 'minute'];
  return `${count} ${name}${count === 1 ? '' : 's'} ago`;
}
