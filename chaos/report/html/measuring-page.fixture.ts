/**
 * A page that shows another one at several widths and tells how it lies there: the widths are those of phones and of paper, which
 * a browser without a window does not take for its own.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPage } from './browser.fixture.ts';

/** CSS pixels. */
export interface Lie {
  width: number;
  /** Of all that the page has; more than `width` means that it scrolls sideways. */
  scrollWidth: number;
  /** Parts of it that scroll sideways by themselves, by their class. */
  scrolling: string[];
  /** Of the smallest text. */
  fontSizeMin: number;
}

const TOLD_MS_MAX = 30_000;

const PAGE = (widths: readonly number[]): string => `<!doctype html><meta charset="utf-8"><body style="margin:0"><iframe id="shown" src="/shown" style="border:0;height:800px"></iframe><script>
const frame = document.getElementById('shown');
frame.onload = () => {
  const shown = frame.contentDocument;
  const lies = ${JSON.stringify(widths)}.map((width) => {
    frame.style.width = width + 'px';
    const all = [...shown.body.querySelectorAll('*')].filter((one) => one.checkVisibility());
    const isText = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    return {
      width, scrollWidth: shown.documentElement.scrollWidth,
      scrolling: all.filter((one) => one.scrollWidth > one.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)).map((one) => one.className),
      fontSizeMin: Math.min(...all.filter(isText).map((one) => parseFloat(getComputedStyle(one).fontSize)).filter((size) => size > 0)),
    };
  });
  fetch('/told', { method: 'POST', body: JSON.stringify(lies) });
};
</script>`;

/** @throws Error when the browser does not show it */
export async function lieOf(browser: string, html: string, widths: readonly number[]): Promise<Lie[]> {
  let tell: (lies: Lie[]) => void = () => undefined;
  const told = new Promise<Lie[]>((resolve) => (tell = resolve));
  const server = createServer((request, response) => {
    if (request.url === '/told') void text(request).then((body) => tell(JSON.parse(body) as Lie[]));
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(request.url === '/shown' ? html : PAGE(widths));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const late = sleep(TOLD_MS_MAX, null, { ref: false });
    await openPage(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {}, Promise.race([told, late]));
    const lies = await Promise.race([told, sleep(0, null)]);
    if (lies === null) throw new Error(`the page was not shown within ${TOLD_MS_MAX} ms`);
    return lies;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
