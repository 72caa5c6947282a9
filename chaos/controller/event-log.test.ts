import { describe, expect, test } from 'vitest';
import { EventLog } from './event-log.ts';

const filled = (count: number, keptMax = 3): EventLog<number> => {
  const log = new EventLog<number>('a', keptMax);
  for (let event = 1; event <= count; event += 1) log.append(event);
  return log;
};
const after = (log: EventLog<number>, id: string | null) => {
  const { events, isGap } = log.after(id);
  return [events.map(({ event }) => event), isGap];
};

describe('who comes back', () => {
  test.each<[what: string, id: string, events: number[], isGap: boolean]>([
    ['after the last event misses nothing', 'a-5', [], false],
    ['after one that is kept gets what followed', 'a-3', [4, 5], false],
    ['where the buffer begins still gets all', 'a-2', [3, 4, 5], false],
    ['after too long gets what is kept, and is told of the gap', 'a-1', [3, 4, 5], true],
    ['from another process begins anew', 'b-4', [3, 4, 5], true],
    ['from the future gets nothing', 'a-99', [], false],
    ['with nonsense begins anew', '__proto__', [3, 4, 5], true],
  ])('%s', (_what, id, events, isGap) => {
    expect(after(filled(5), id)).toEqual([events, isGap]);
  });

  test('for the first time, to a log from which nothing was dropped, misses nothing', () => {
    expect(after(filled(2), null)).toEqual([[1, 2], false]);
    expect(after(filled(0), null)).toEqual([[], false]);
  });
});

test('who listens is told, until it ends that', () => {
  const log = filled(1);
  const told: string[] = [];
  const end = log.listen(({ id }) => told.push(id));
  log.append(2);
  end();
  log.append(3);
  expect(told).toEqual(['a-2']);
});
