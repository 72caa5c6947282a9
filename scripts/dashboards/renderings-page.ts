/** The page beside the drawings: what they are, what they are not, and of which run. */
export interface RunFacts {
  /** Region and beginning. */
  id: string;
  commit: string;
  processor: string;
  ratePerSecond: number;
  /** The AZ that loses power in the drawings. */
  lost: string;
  /** The AZ of the experiment that ran before them, and what it found. */
  examined: string;
  verdict: string;
}

export interface Rendering {
  file: string;
  title: string;
  /** When its figures of "now" were taken. */
  moment: string;
}

export function renderingsPage({ id, commit, processor, ratePerSecond, lost, examined, verdict }: RunFacts, renderings: readonly Rendering[]): string {
  const pictures = renderings.map(({ file, title, moment }) => `## ${title}, ${moment}\n\n![${title}](${file})\n`);
  return `# The dashboards, drawn

These are renderings by our own code (\`scripts/dashboards/render.ts\`), not screenshots of Grafana: the panels lie where
Grafana puts them, and every figure comes from the panel's own query, asked of a real Prometheus that scraped a real
region. Written anew by \`node scripts/dashboards/render.ts\`; changes here are lost.

| | |
|---|---|
| run | ${id} |
| region | embedded, ${ratePerSecond} orders/s, ${lost} loses power in the middle and comes back |
| before it | experiment \`az-power-loss\` of ${examined}: ${verdict} |
| machine | ${processor} |
| commit | ${commit} |

Times are UTC. Figures of "now" are those of the last moment that is drawn. What the injector held is shown behind the
lines, as Grafana shows it by annotations.

${pictures.join('\n')}`;
}
