import { expect, it } from 'vitest';
import { renderingsPage } from './renderings-page.ts';

it('says what the drawings are, of which run, and shows each of them', () => {
  const page = renderingsPage(
    { id: 'r 2026', commit: 'abc1234', processor: 'CPU × 2', ratePerSecond: 300, lost: 'az1', examined: 'az2', verdict: 'INCONCLUSIVE' },
    [{ file: 'region.svg', title: 'Region', moment: 'after it came back' }],
  );
  for (const text of ['not screenshots of Grafana', 'r 2026', 'abc1234', 'INCONCLUSIVE', '![Region](region.svg)']) expect(page).toContain(text);
});
