import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { isMap, isScalar, parseDocument, stringify, visit } from 'yaml';
import { ExperimentSchema } from '#contracts/experiment-schema.ts';
import { ExperimentDocumentSchema } from '#contracts/experiment.ts';
import { shippedNames, shippedPath } from '../shipped-names.ts';
import { parseExperiment, readDocument } from './read.ts';
import { checkShape, type Schema } from './shape.ts';
import { Source } from './source.ts';

const TEXT = readFileSync(shippedPath('az-power-loss'), 'utf8');
const SHIPPED = shippedNames().map((name) => readFileSync(shippedPath(name), 'utf8'));

/** What is said of the document with some of its text replaced. */
const mistakes = (...changes: [from: string, to: string][]): string[] => {
  const text = changes.reduce((all, [from, to]) => {
    expect(all).toContain(from);
    return all.replace(from, () => to);
  }, TEXT);
  return parseExperiment(text, 'mine.yaml').problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
};

test('a document that is in order is read whole', () => {
  expect(readDocument(TEXT, 'x')).toMatchObject({
    kind: 'Experiment', id: 'az-power-loss', azs: ['az1', 'az2', 'az3'], rate: 'peak', arm: 'balanced', headroom: 'required', until: 'balanced', maxDurationMs: 300_000,
    fault: { verb: 'kill', target: '${{ matrix.az }}' }, phases: { warmMs: 8_000, baselineMs: 10_000, faultMs: 15_000, recoveryMs: 61_000 },
    hypothesis: { windowMs: 5_000, slis: [{ metric: 'success', min: 0.999, max: null }, { metric: 'p99_ms', min: null, max: 500 }] },
    guardrails: [{ sli: 'success', below: 0.5, forMs: 5_000 }], expect: 'PASS',
  });
});

test('the same as JSON is the same document', () => {
  expect(readDocument(JSON.stringify(parseDocument(TEXT).toJS()), 'x.json')).toEqual(readDocument(TEXT, 'x'));
});

test('what may be left out is filled in', () => {
  const { hypothesis, phases, ...rest } = parseDocument(TEXT).toJS() as Record<string, Record<string, unknown>>;
  const least = { apiVersion: rest['apiVersion'], kind: rest['kind'], id: 'least', title: 'x', hypothesis: { text: hypothesis?.['text'] }, matrix: rest['matrix'], phases: (phases as unknown as object[]).slice(1) };
  expect(readDocument(stringify(least), 'x')).toMatchObject({
    rate: 'peak', arm: 'balanced', headroom: 'waived', settings: {}, given: [], guardrails: [], maxDurationMs: null, assertions: [], expect: 'PASS', hypothesis: { windowMs: 5_000, slis: [] },
    phases: { warmMs: 0 },
  });
});

describe('a mistake is told with file, line, column and field', () => {
  test.each<[string, [string, string], string]>([
    ['a field that is misspelt', ['expect: PASS', 'expct: PASS'], 'mine.yaml:29:1: expct: there is no such field here; did you mean expect?'],
    ['a field that is every object’s', ['expect: PASS', 'constructor: PASS'], 'mine.yaml:29:1: constructor: there is no such field here'],
    ['a sentence that nobody reads to its end', ['title: An AZ loses power', `title: ${'An AZ '.repeat(60)}`], 'mine.yaml:5:8: title: "An AZ An AZ An AZ An AZ An AZ An AZ An A…" must be a sentence of at most 300 characters'],
    ['a verb that is misspelt', ['kill:', 'kil:'], 'mine.yaml:19:36: phases[2].do[0]: this must be heal, or a verb and its target: kill, freeze, shift, slow, isolate, cut, flaky, fail, lag, lie; did you mean kill?'],
    ['a metric that is none', ['metric: moved_ms', 'metric: move_ms'], 'mine.yaml:26:26: assert[3].metric: "move_ms" must be one of success'],
    ['a time without a unit', ['hold: 8s', 'hold: 8'], 'mine.yaml:17:25: phases[0].hold: "8" must be a time such as 500ms, 8s or 3m'],
    ['a text that is a number', ['title: An AZ loses power', 'title: 12'], 'mine.yaml:5:8: title: "12" must be a sentence of at most 300 characters; put it in quotes'],
    ['an empty matrix', ['az: [az1, az2, az3]', 'az: []'], 'mine.yaml:10:15: matrix.az: the list is empty'],
    ['an AZ that is there twice', ['az: [az1, az2, az3]', 'az: [az1, az1]'], 'mine.yaml:10:21: matrix.az[1]: az1 stands here twice'],
    ['an AZ that there is not', ['az: [az1, az2, az3]', 'az: [az4]'], 'mine.yaml:10:16: matrix.az[0]: "az4" must be one of az1, az2, az3; did you mean az1?'],
    ['a placeholder that stands for nothing', ['matrix.az }}', 'matrix.zone }}'], 'phases[2].do[0].kill: "${{ matrix.zone }}" must be an AZ, a data centre or a replica'],
    ['a field that is missing', ['title: An AZ loses power\n', ''], 'mine.yaml:2:1: title: this field is missing'],
    ['another version', ['azimuth/v1', 'azimuth/v2'], 'mine.yaml:2:13: apiVersion: "azimuth/v2" must be azimuth/v1; did you mean azimuth/v1?'],
    ['a kind that is none', ['kind: Experiment', 'kind: Experimnt'], 'mine.yaml:3:7: kind: "Experimnt" must be Experiment, KneeSearch or Suite; did you mean Experiment?'],
    ['a verdict that is none', ['expect: PASS', 'expect: pass'], 'mine.yaml:29:9: expect: "pass" must be one of PASS, FAIL'],
    ['a key that is there twice', ['expect: PASS', 'expect: PASS\nexpect: FAIL'], 'mine.yaml:30:1: this is not YAML: Map keys must be unique'],
    ['an anchor', ['az: [az1, az2, az3]', 'az: &all [az1]\nload: *all'], 'mine.yaml:11:7: *all stands for something written elsewhere: write it out here'],
    ['a tag', ['id: az-power-loss', 'id: !mine az-power-loss'], 'mine.yaml:4:5: this is not YAML: Unresolved tag: !mine'],
    ['text that is no YAML', ['phases:', 'phases: ['], 'this is not YAML'],
  ])('%s', (_what, change, told) => {
    expect(mistakes(change).join('\n')).toContain(told);
  });

  test('all of them in one message, in the order of the file', () => {
    const told = mistakes(['title: An AZ loses power', 'title: 12'], ['below: 0.5', 'belw: 0.5'], ['hold: 8s', 'hold: 8 sec'], ['expect: PASS', 'expct: PASS'], ['window: 5s', 'window: 0s']);
    expect(told.map((line) => line.split(': ')[1])).toEqual(['title', 'guardrails[0].belw', 'phases[0].hold', 'expct']);
    expect(mistakes(['window: 5s', 'window: 9s'], ['below: 0.5', 'belw: 0.5'], ['id: menus', 'id: orders']).map((line) => line.split(': ')[1])).toEqual(['hypothesis.window', 'guardrails[0].belw', 'assert[1].id']);
  });

  test('and what cannot be read is refused with exit code 2, not read by half', () => {
    expect(() => readDocument(TEXT.replace('kill:', 'kil:'), 'mine.yaml')).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(/^mine\.yaml has a mistake:\n {2}mine\.yaml:19:36: /) as string }));
  });
});

describe('what a schema cannot say', () => {
  const RECOVERY = '  - { name: recovery, hold: 61s, until: balanced, do: [heal] }\n';
  const FAULT = '  - { name: fault, hold: 15s, do: [{ kill: "${{ matrix.az }}" }] }\n';

  test.each<[string, [string, string][], string]>([
    ['phases out of order', [[FAULT, ''], [RECOVERY, RECOVERY + FAULT]], 'phases[3].name: "fault" comes before "recovery": the order is warm, baseline, fault, recovery'],
    ['a phase that is there twice', [[RECOVERY, RECOVERY + RECOVERY]], 'phases[4].name: there is one phase "recovery" already'],
    ['a phase that is not there', [['  - { name: baseline, hold: 10s }\n', '']], 'phases: there is no phase "baseline"'],
    ['a phase without length', [['hold: 10s', 'hold: 0s']], 'phases[1].hold: a phase takes some time'],
    ['no fault', [['do: [{ kill: "${{ matrix.az }}" }]', 'do: []']], 'phases[2]: the fault phase makes one fault'],
    ['two faults', [['do: [{ kill: "${{ matrix.az }}" }]', 'do: [{ kill: az1 }, { kill: az2 }]']], 'phases[2]: the fault phase makes one fault'],
    ['a fault in the recovery', [['do: [heal]', 'do: [{ kill: az2 }]']], 'phases[3].do[0]: nothing is broken in "recovery"'],
    ['a fault in the baseline', [['baseline, hold: 10s', 'baseline, hold: 10s, do: [{ kill: az2 }]']], 'phases[1].do[0]: what is broken beforehand stands in "given"'],
    ['an end that comes sooner elsewhere', [['baseline, hold: 10s', 'baseline, hold: 10s, until: balanced']], 'phases[1].until: only "recovery" can end sooner'],
    ['a cut of an AZ from itself', [['{ kill: "${{ matrix.az }}" }', '{ cut: az2, peer: "${{ matrix.az }}" }']], 'phases[2].do[0]: cut needs two different AZs, not az2 twice'],
    ['more jitter than latency', [['{ kill: "${{ matrix.az }}" }', '{ slow: az2, latency: 10ms, jitter: 20ms }']], 'phases[2].do[0]: a jitter of 20 ms is more than the latency of 10 ms'],
    ['a latency that the injector does not take', [['{ kill: "${{ matrix.az }}" }', '{ slow: az2, latency: 2m }']], 'phases[2].do[0]: slow takes whole milliseconds from 1 to 60000'],
    ['silence of a part', [['{ kill: "${{ matrix.az }}" }', '{ kill: az2-dc1, silent: true }']], 'phases[2].do[0]: only a whole AZ can fall silent, not az2-dc1'],
    ['a window that the baseline does not hold', [['window: 5s', 'window: 9s']], 'hypothesis.window: 9s must be more than nothing and leave 1700 ms of the baseline'],
    ['an id that is taken', [['id: menus', 'id: orders']], 'assert[1].id: "orders" is the id of another assertion'],
    ['the id of what every run holds', [['id: menus', 'id: no-residue']], 'assert[1].id: "no-residue" is the id of another assertion'],
    ['the id of the hypothesis', [['id: menus', 'id: hypothesis-p99-ms']], 'assert[1].id: "hypothesis-p99-ms" is the id of another assertion'],
    ['a phase that a metric has not', [['metric: attempts_per_request', 'metric: attempts_per_request, phase: fault']], 'assert[4].phase: attempts_per_request is a figure of the whole run'],
    ['no bound', [['metric: failed_menus, max: 0', 'metric: failed_menus']], 'assert[1]: it needs min, max or both'],
    ['bounds that nothing is between', [['metric: moved_ms, phase: fault, max: 500', 'metric: moved_ms, phase: fault, min: 600, max: 500']], 'assert[3]: min is above max'],
    ['a time for a count', [['metric: failed_menus, max: 0', 'metric: failed_menus, max: 5s']], 'assert[1].max: "5s" must be a number: the figure is counted in menu reads'],
    ['a share above one', [['success: { min: 0.999 }', 'success: { min: 99.9 }']], 'hypothesis.slis.success.min: 99.9 must be a share from 0 to 1'],
    ['a figure that bare customers have not', [['arm: balanced', 'arm: bare']], 'assert[3].metric: moved_ms cannot be told: bare customers pass no front door and move nowhere'],
    ['a figure that a smaller target has not', [['"${{ matrix.az }}"', '"${{ matrix.az }}-dc1"']], 'assert[3].metric: moved_ms cannot be told: the fault leaves the AZ in use'],
    ['a figure that only a cut has', [['metric: failed_menus, max: 0', 'metric: crossed_orders_per_second, min: 5']], 'assert[1].metric: crossed_orders_per_second cannot be told: only a cut has a way to cross'],
    ['a guardrail without a bound', [['below: 0.5, ', '']], 'guardrails[0]: a guardrail on success needs "below"'],
    ['a guardrail with the wrong bound', [['below: 0.5', 'below: 0.5, above: 3']], 'guardrails[0]: a guardrail on success takes "below" alone'],
    ['a guardrail between two looks', [['for: 5s', 'for: 1500ms']], 'guardrails[0].for: 1500ms must be whole seconds'],
    ['a guardrail on a delay that no customer waits for', [['{ sli: success, below: 0.5, for: 5s }', '{ sli: p99_ms, above: 1s, for: 5s }']], 'guardrails[0].above: 1s must be less than 1000 ms, which is as long as a customer waits'],
    ['a phase of more than a day', [['hold: 15s', 'hold: 1441m']], 'phases[2].hold: 1441m must be at most 24 h'],
    ['a guardrail of more than a day', [['for: 5s', 'for: 86401s']], 'guardrails[0].for: 86401s must be at most 24 h'],
    ['a run of more than a day', [['max_duration: 5m', 'max_duration: 999999m']], 'guardrails[1].max_duration: 999999m must be at most 24 h'],
    ['nobody who orders', [['rate: peak', 'rate: 0/s']], 'load.rate: 0/s must be more than 0 and at most 20000/s'],
    ['more than can be ordered', [['rate: peak', 'rate: 20001/s']], 'load.rate: 20001/s must be more than 0 and at most 20000/s'],
    ['more faults than anybody can follow', [['assert:', `given: [${'{ kill: az1-kitchen-a }, '.repeat(101)}]\nassert:`]], 'given: there are 101 of them, and 100 are taken'],
    ['more assertions than anybody can follow', [['assert:', `assert:\n${Array.from({ length: 100 }, (_, at) => `  - { id: a${at}, metric: success, min: 0 }\n`).join('')}`]], 'assert: there are 106 of them, and 100 are taken'],
    ['a run that may take no time', [['max_duration: 5m', 'max_duration: 0s']], 'guardrails[1].max_duration: a run takes some time'],
  ])('%s', (_what, changes, told) => {
    expect(mistakes(...changes).join('\n')).toContain(told);
  });

  test.each<[string, [string, string]]>([
    ['a fault that no phase heals: healing is derived', [', do: [heal]', '']],
    ['a run that only measures', ['metric: failed_menus, max: 0', 'metric: success, min: 0']],
    ['no warm phase', ['  - { name: warm, hold: 8s }\n', '']],
    ['a figure in milliseconds as a time', ['phase: fault, max: 500', 'phase: fault, max: 0.5s']],
  ])('but not %s', (_what, change) => {
    expect(mistakes(change)).toEqual([]);
  });
});

test('what is in order is what the controller takes, at its limits too', () => {
  const all = [
    ['hold: 15s', 'hold: 1440m'], ['max_duration: 5m', 'max_duration: 86400s'], ['{ sli: success, below: 0.5, for: 5s }', '{ sli: p99_ms, above: 999ms, for: 1440m }'], ['rate: peak', 'rate: 20000/s'],
  ] as const;
  for (const [from, to] of all) {
    const { document, problems } = parseExperiment(TEXT.replace(from, to), 'x');
    expect(problems).toEqual([]);
    expect(Value.Check(ExperimentDocumentSchema, document), to).toBe(true);
  }
});

describe('whatever the text is', () => {
  test('it is read or refused, and never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.json({ maxDepth: 4 })), (text) => {
      expect(parseExperiment(text, 'x').problems.length).toBeGreaterThan(0);
    }), { numRuns: 300 });
  });

  test.each(['[', '{', '- ', '{a: ', '? ', '['.repeat(20) + '{'])('nesting of %j does not exhaust it', (opening) => {
    for (const times of [100, 1_000, 3_000, 20_000]) expect(parseExperiment(opening.repeat(times).slice(0, 65_000), 'x').problems.length).toBeGreaterThan(0);
  });

  test('a text that nobody can follow is refused unread', () => {
    expect(parseExperiment(' '.repeat(70_000), 'x').problems[0]?.message).toBe('a document has at most 65536 characters');
  });

  test('its shape is accepted exactly where TypeBox accepts it', () => {
    const value = fc.oneof(fc.constantFrom('8s', 'kill', 'heal', 'az1', '${{ matrix.az }}', 'Experiment', 'KneeSearch', 'balanced', '', null, true, 0, -1, 0.5, 1.5, 2000), fc.string({ maxLength: 5 }), fc.constant([]), fc.constant({}));
    const name = fc.constantFrom('kill', 'cut', 'peer', 'hold', 'min', 'max', 'sli', 'for', 'text', 'constructor', '__proto__', 'x');
    fc.assert(fc.property(fc.constantFrom(...SHIPPED), fc.nat(), fc.constantFrom('replace', 'remove', 'add'), value, name, (text, at, how, put, key) => {
      const changed = changedAt(text, at, how, put, key);
      const source = new Source(changed, 'x');
      if (source.isBroken) return;
      checkShape(source, ExperimentSchema as Schema);
      expect(source.problems().length === 0, changed).toBe(Value.Check(ExperimentSchema, source.value()));
    }), { numRuns: 400 });
  });
});

/** The document with one of its nodes replaced or removed, or with one more field. */
function changedAt(text: string, at: number, how: 'replace' | 'remove' | 'add', put: unknown, key: string): string {
  const document = parseDocument(text);
  const changes: { remove: () => void; replace: () => void; add: () => void }[] = [];
  visit(document, {
    Pair: (_key, pair, path) => {
      const parent = path.at(-1);
      if (!isMap(parent) || !isScalar(pair.key)) return;
      changes.push({
        remove: () => parent.items.splice(parent.items.indexOf(pair), 1),
        replace: () => (pair.value = document.createNode(put)),
        add: () => parent.items.push(document.createPair(key, put)),
      });
    },
  });
  changes[at % changes.length]?.[how]();
  return document.toString();
}
