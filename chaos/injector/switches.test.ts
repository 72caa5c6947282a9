import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { smallRegion } from './fake-driver.fixture.ts';
import { Switches } from './switches.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('who stays silent for long is not asked once more for each time that it was: nobody waits behind that', async () => {
  const region = smallRegion();
  const front = region.endpoints.find(({ name }) => name === 'front-door')?.admin?.port;
  const switches = new Switches(region.endpoints, async (at) => {
    if (at.port !== front) return { status: 204, text: '' };
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    throw new Error('no answer');
  });
  const shift = (): Promise<unknown> => switches.shift('az1', { untilMs: Date.now() + 60_000, reason: 'test' });
  const again = setInterval(() => void switches.deliverAll(), 1_000);
  const renewals = setInterval(() => void shift(), 3_000);
  await vi.advanceTimersByTimeAsync(60_000);
  clearInterval(renewals);
  const askedMs = Date.now();
  let answeredMs = Infinity;
  void shift().then(() => (answeredMs = Date.now()));
  await vi.advanceTimersByTimeAsync(60_000);
  clearInterval(again);
  expect(answeredMs - askedMs).toBeLessThanOrEqual(2_000);
});
