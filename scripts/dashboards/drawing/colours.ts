/** The colours of a drawing: Grafana's dark surface, its named colours, and what a series is given when nobody names one. */
export const SURFACE = { page: '#111217', panel: '#181b1f', border: '#2c3235', grid: '#2b2f36', text: '#ccccdc', dim: '#8e9099', neutral: '#2f343c' } as const;

const NAMED: Readonly<Record<string, string>> = { green: '#73bf69', red: '#f2495c', orange: '#ff9830', text: SURFACE.text };

/** For series without a colour; none of them is that of an AZ, nor green or red. */
const SERIES = ['#8ab8ff', '#b877d9', '#fade2a', '#5794f2', '#ca95e5', '#c0d8ff', '#e0b400', '#a352cc', '#3274d9', '#ffee52'];

export function colourOf(name: string): string {
  return NAMED[name] ?? name;
}

export function seriesColour(index: number): string {
  return SERIES[index % SERIES.length] ?? SURFACE.text;
}
