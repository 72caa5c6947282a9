// How the report lies on phones, screens and paper, in a real browser: a page that is well formed may still be cut off.
import { describe, expect, test } from 'vitest';
import { findBrowser } from './browser.fixture.ts';
import { lifelikeReport } from '../reported-run.fixture.ts';
import { lieOf } from './measuring-page.fixture.ts';
import { htmlReport } from './page.ts';

const browser = findBrowser();
if (browser === null) process.stderr.write('Reports were NOT looked at in a browser: there is no Chromium on the PATH ("npm test -- --provision").\n');

const html = htmlReport(lifelikeReport({ az: 'az1' }, { az: 'az2', seed: 2 }, { az: 'az3', seed: 3, lost: 3 }));
const FONT_PX_MIN = 11;
/** A4 with the margins of browsers, CSS pixels. */
const PAPER_WIDTH = 718;

describe.skipIf(browser === null)('a report in a browser', { timeout: 60_000 }, () => {
  test('on phones and screens needs no sideways scrolling, but within its tables, and no glass', async () => {
    for (const { width, scrollWidth, fontSizeMin } of await lieOf(browser as string, html, [360, 390, 768, 1180, 1920])) {
      expect([width, scrollWidth <= width, fontSizeMin >= FONT_PX_MIN]).toEqual([width, true, true]);
    }
  });

  test('on paper nothing would have to be scrolled', async () => {
    const printed = html.replaceAll('@media print', '@media all');
    expect(printed).not.toBe(html);
    const [lie] = await lieOf(browser as string, printed, [PAPER_WIDTH]);
    expect([lie?.scrolling, (lie?.scrollWidth ?? Infinity) <= PAPER_WIDTH]).toEqual([[], true]);
  });

  test('that is too wide would be found', async () => {
    const [lie] = await lieOf(browser as string, html.replace('<body>', '<body><div style="width:900px;font-size:6px">x</div><div class="held" style="overflow:auto"><p style="width:1200px">x</p></div>'), [390]);
    expect(lie?.scrollWidth).toBeGreaterThanOrEqual(900);
    expect(lie).toMatchObject({ fontSizeMin: 6, scrolling: expect.arrayContaining(['held']) });
  });
});
