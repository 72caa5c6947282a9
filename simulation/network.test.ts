import { beforeEach, expect, test } from 'vitest';
import { createRandom } from '#policy/random.ts';
import { Network, type Call, type Reply } from './network.ts';
import { Node } from './node.ts';
import { VirtualTime } from './virtual-time.ts';

const REPLY: Reply = { status: 200, az: null, retried: null, bakeMs: null, error: null, health: null };
const BAKE_MS = 50;

let time: VirtualTime;
let network: Network;
let caller: Node;
let callee: Node;
/** What happened, in order, with its moment rounded to milliseconds. */
let seen: string[];

beforeEach(() => {
  time = new VirtualTime();
  network = new Network(time, createRandom(1), { hopMs: 1, hopJitterMs: 0, betweenZonesMs: 0 });
  seen = [];
  caller = new Node(time, { name: 'caller', az: 'az1', dc: null }, (_node, listen) => {
    listen();
    return { handle: () => {}, load: () => null, firstAttempts: () => null };
  });
  callee = new Node(time, { name: 'callee', az: 'az1', dc: null }, (node, listen) => {
    listen();
    return {
      handle: (call: Call) => {
        note('handled');
        call.onAborted = () => note('callee saw the abort');
        node.timer(time.nowMs + BAKE_MS, (lateMs) => {
          if (lateMs > 0) note(`timer ${Math.round(lateMs)} late`);
          call.respond(REPLY);
        });
      },
      load: () => null,
      firstAttempts: () => null,
    };
  });
  caller.start(0);
  callee.start(0);
  time.runUntil(10);
});

function note(what: string): void {
  seen.push(`${Math.round(time.nowMs)} ${what}`);
}

function send(kind: 'order' | 'health' = 'order'): Call {
  return network.call(caller, callee, { kind, key: 'k', budgetMs: null, replayable: true, avoidZone: null }, {
    written: () => note('written'),
    replied: () => note('replied'),
    failed: (failure) => note(failure),
  });
}

test('a first call pays for its connection, and the next one reuses it', () => {
  send();
  time.runUntil(100);
  send();
  time.runUntil(200);
  expect(seen).toEqual(['12 written', '13 handled', '64 replied', '100 written', '101 handled', '152 replied']);
});

test('a frozen process accepts the connection and keeps silent, and works late when it thaws', () => {
  callee.freeze();
  send();
  time.runUntil(500);
  expect(seen).toEqual(['12 written']);
  callee.thaw();
  time.runUntil(600);
  expect(seen).toEqual(['12 written', '500 handled', '551 replied']);
});

test('a timer of a frozen process stands still and fires late', () => {
  send();
  time.runUntil(20);
  callee.freeze();
  time.runUntil(300);
  callee.thaw();
  time.runUntil(400);
  expect(seen).toEqual(['12 written', '13 handled', '300 timer 237 late', '301 replied']);
});

test('a killed process resets what is open and refuses what comes', () => {
  send();
  time.runUntil(20);
  callee.die();
  send();
  time.runUntil(100);
  expect(seen).toEqual(['12 written', '13 handled', '21 reset', '22 refused']);
});

test('killing a frozen process resets what had queued in it', () => {
  callee.freeze();
  send();
  time.runUntil(50);
  callee.die();
  time.runUntil(100);
  expect(seen).toEqual(['12 written', '51 reset']);
});

test('a process that came back takes no notice of what its former life had received', () => {
  callee.freeze();
  send();
  time.runUntil(20);
  callee.die();
  callee.start(0);
  time.runUntil(200);
  expect(seen).toEqual(['12 written', '21 reset']);
  send();
  time.runUntil(300);
  expect(seen.at(-1)).toBe('254 replied');
});

test('the callee learns of an abort, after the request even if both were waiting for its thaw', () => {
  callee.freeze();
  const call = send();
  time.runUntil(20);
  call.abort();
  time.runUntil(100);
  callee.thaw();
  time.runUntil(200);
  expect(seen).toEqual(['12 written', '100 handled', '100 callee saw the abort']);
});

test('a caller that dies is an abort for the callee', () => {
  send();
  time.runUntil(20);
  caller.die();
  time.runUntil(100);
  expect(seen).toEqual(['12 written', '13 handled', '21 callee saw the abort']);
});

test('a lost request reaches nobody, a delayed one arrives later', () => {
  network.interference = () => 'lose';
  send();
  time.runUntil(20);
  network.interference = () => 30;
  send();
  time.runUntil(200);
  expect(seen).toEqual(['12 written', '22 written', '53 handled', '104 replied']);
});

test('a health check is answered by the process itself, with its boot and the lag that it had', () => {
  const health: string[] = [];
  const check = (): void => {
    network.call(caller, callee, { kind: 'health', key: '', budgetMs: null, replayable: true, avoidZone: null }, {
      written: () => {},
      replied: (reply) => health.push(`${reply.health?.instanceId} ${reply.health?.bootId} ${reply.health?.eventLoopLagMs}`),
      failed: () => health.push('failed'),
    });
  };
  check();
  time.runUntil(20);
  callee.freeze();
  time.runUntil(220);
  callee.thaw();
  check();
  time.runUntil(300);
  callee.die();
  callee.start(0);
  time.runUntil(310);
  check();
  time.runUntil(400);
  expect(health).toEqual(['callee callee.1 0', 'callee callee.1 200', 'callee callee.3 0']);
});

test('a round trip between zones costs its millisecond once', () => {
  network = new Network(time, createRandom(1), { hopMs: 1, hopJitterMs: 0, betweenZonesMs: 1 });
  const far = new Node(time, { name: 'far', az: 'az2', dc: null }, () => ({ handle: () => {}, load: () => null, firstAttempts: () => null }));
  expect(network.latencyMs(caller, far, true) + network.latencyMs(far, caller, false)).toBe(3);
  expect(network.latencyMs(caller, callee, true) + network.latencyMs(callee, caller, false)).toBe(2);
});
