/**
 * An experiment as people write it: the YAML of `chaos/experiments/documents`, version `azimuth/v1`. Editors take the
 * JSON Schema that `./azimuth experiment schema` prints; `title` is what a value must be, as in "must be a time such as
 * 8s", `description` what it is for. What a schema cannot say is in `chaos/experiments/reading/meaning.ts`.
 */
import { Type, type Static } from 'typebox';
import { EXPERIMENT_METRICS, MEASURED_PHASES, SLI_METRICS, type ExperimentMetric, type SliMetric } from './experiment-metrics.ts';
import type { FaultVerb } from './faults.ts';
import { AVAILABILITY_ZONES } from './labels.ts';

const API_VERSION = 'azimuth/v1';
export const PHASE_NAMES = ['warm', 'baseline', 'fault', 'recovery'] as const;

const CLOSED = { additionalProperties: false } as const;
const PLACEHOLDER = String.raw`\$\{\{ ?matrix\.(?:az|peer) ?\}\}`;
const ANY_AZ = `(?:${PLACEHOLDER}|${AVAILABILITY_ZONES.join('|')})`;

const DURATION = { pattern: String.raw`^\d{1,6}(?:\.\d{1,3})?(?:ms|s|m)$`, title: 'a time such as 500ms, 8s or 3m' } as const;
const SENTENCE = { minLength: 1, maxLength: 300, title: 'a sentence of at most 300 characters' } as const;
const NAME = { pattern: '^[a-z][a-z0-9-]{0,62}$', title: 'a name of a-z, 0-9 and "-" that begins with a letter' } as const;

const Duration = Type.String(DURATION);
const Figure = Type.Union([Type.Number({ minimum: 0, title: 'a number from 0' }), Duration], { title: 'a number from 0 or a time such as 500ms, 8s or 3m' });
const Az = Type.String({ pattern: `^${ANY_AZ}$`, title: `an AZ (${AVAILABILITY_ZONES.join(', ')}) or \${{ matrix.az }}` });
const Target = Type.String({ pattern: `^${ANY_AZ}(?:-[a-z0-9-]{1,40})?$`, title: 'an AZ, a data centre or a replica, such as ${{ matrix.az }} or az1-kitchen-a' });
const Flag = Type.Optional(Type.Boolean({ title: 'true or false' }));

/** One per verb, which is its first field and has the target for its value; the others are the flags of the command. */
const ACTIONS = {
  kill: Type.Object({ kill: Target, silent: Flag }, { ...CLOSED, description: 'Ends all of the target at once; silent: a power loss, without a FIN or a RST (containers only).' }),
  freeze: Type.Object({ freeze: Target }, { ...CLOSED, description: 'Stops all of the target in the middle of its work; connections stay open.' }),
  shift: Type.Object({ shift: Az }, { ...CLOSED, description: 'Takes an AZ out of rotation without breaking it.' }),
  slow: Type.Object(
    { slow: Az, latency: Duration, jitter: Type.Optional(Duration) },
    { ...CLOSED, description: 'Delays what is asked on every way into or out of the AZ.' },
  ),
  isolate: Type.Object({ isolate: Az, silent: Flag }, { ...CLOSED, description: 'Silence on every way into or out of the AZ; silent: its link leaves the networks (containers only).' }),
  cut: Type.Object(
    { cut: Az, peer: Az, one_way: Flag, refuse: Flag },
    { ...CLOSED, description: 'No connection between two AZs; one_way: only those that the first opens; refuse: refused instead of left in silence.' },
  ),
  flaky: Type.Object(
    { flaky: Az, share: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, title: 'a share above 0 and up to 1' })) },
    { ...CLOSED, description: 'Resets a share of the connections into or out of the AZ.' },
  ),
  fail: Type.Object(
    {
      fail: Target,
      rate: Type.Number({ exclusiveMinimum: 0, maximum: 1, title: 'a share above 0 and up to 1' }),
      status: Type.Optional(Type.Enum([500, 503], { title: '500 or 503' })),
      after_work: Flag,
      service: Type.Optional(Type.String(NAME)),
    },
    { ...CLOSED, description: 'A share of what a service is asked gets an error; after_work: in place of the result.' },
  ),
  lag: Type.Object(
    { lag: Target, latency: Duration, jitter: Type.Optional(Duration), service: Type.Optional(Type.String(NAME)) },
    { ...CLOSED, description: 'A service is slow itself.' },
  ),
  lie: Type.Object({ lie: Target, health: Type.Enum(['well', 'ill'], { title: 'well or ill' }) }, { ...CLOSED, description: 'Health says what it was told to, whatever is true.' }),
} as const satisfies Record<FaultVerb, unknown>;

const { kill, freeze, shift, slow, isolate, cut, flaky, fail, lag, lie } = ACTIONS;
const Action = Type.Union([kill, freeze, shift, slow, isolate, cut, flaky, fail, lag, lie], { title: 'a verb and its target' });
export type WrittenAction = Static<typeof Action>;

function sli(name: SliMetric) {
  return Type.Optional(Type.Object({ min: Type.Optional(Figure), max: Type.Optional(Figure) }, { ...CLOSED, description: SLI_METRICS[name].definition }));
}

const Hypothesis = Type.Object(
  {
    text: Type.String({ ...SENTENCE, description: 'The claim that the run tries to disprove.' }),
    window: Type.Optional(Type.String({ ...DURATION, description: 'The end of the baseline in which the SLIs must hold; 5s unless stated.' })),
    slis: Type.Optional(Type.Object(
      { success: sli('success'), failed_ratio: sli('failed_ratio'), p50_ms: sli('p50_ms'), p99_ms: sli('p99_ms'), p99_9_ms: sli('p99_9_ms'), max_ms: sli('max_ms') },
      { ...CLOSED, description: 'Must hold in the window, else the run is NOT_READY and nothing is broken.' },
    )),
  },
  CLOSED,
);

const Phase = Type.Object(
  {
    name: Type.Enum([...PHASE_NAMES]),
    hold: Type.String({ ...DURATION, description: 'How long it lasts; with until, how long at the latest.' }),
    do: Type.Optional(Type.Array(
      Type.Union([Type.Literal('heal'), ...Action.anyOf], { title: 'heal, or a verb and its target' }),
      { description: 'What happens when the phase begins: one fault in "fault". "heal" in "recovery" may be left out; inverses are never written.' },
    )),
    until: Type.Optional(Type.Literal('balanced', { description: 'In "recovery": it ends when the AZs share the orders evenly again.' })),
  },
  CLOSED,
);
export type WrittenPhase = Static<typeof Phase>;

const Guard = Type.Union(
  [
    Type.Object(
      { sli: Type.Enum(['success', 'p99_ms']), below: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1, title: 'a share above 0 and up to 1' })), above: Type.Optional(Figure), for: Duration },
      { ...CLOSED, description: 'Trips when every second of that time was below or above the bound: all is healed, the verdict is ABORTED.' },
    ),
    Type.Object({ max_duration: Duration }, { ...CLOSED, description: 'Trips when the whole run takes longer.' }),
  ],
  { title: 'an SLI with its bound, or max_duration' },
);
export type WrittenGuard = Static<typeof Guard>;

const METRIC_NAMES = Object.keys(EXPERIMENT_METRICS) as ExperimentMetric[];
const Assertion = Type.Object(
  {
    id: Type.String(NAME),
    metric: Type.Enum(METRIC_NAMES, { description: METRIC_NAMES.map((name) => `${name}: ${EXPERIMENT_METRICS[name].definition}.`).join('\n') }),
    phase: Type.Optional(Type.Enum([...MEASURED_PHASES], { description: 'Which part of the run; the whole of it unless stated, where the metric has one.' })),
    min: Type.Optional(Figure),
    max: Type.Optional(Figure),
  },
  CLOSED,
);
export type WrittenAssertion = Static<typeof Assertion>;

const Matrix = Type.Object(
  { az: Type.Array(Type.Enum([...AVAILABILITY_ZONES]), { minItems: 1, uniqueItems: true }) },
  { ...CLOSED, description: 'One run for each AZ: the first, unless --az names another or --all asks for each.' },
);

const Head = {
  apiVersion: Type.Literal(API_VERSION),
  id: Type.String({ ...NAME, description: 'The name by which it is run.' }),
  title: Type.String({ ...SENTENCE, description: 'What happens, in a few words.' }),
} as const;

const Experiment = Type.Object(
  {
    ...Head,
    kind: Type.Literal('Experiment'),
    hypothesis: Hypothesis,
    matrix: Matrix,
    load: Type.Optional(Type.Object(
      {
        rate: Type.Optional(Type.String({ pattern: String.raw`^(?:peak|rest|\d{1,5}(?:\.\d{1,3})?/s)$`, title: 'peak, rest or a rate such as 120/s', description: 'Orders per second; peak unless stated.' })),
        arm: Type.Optional(Type.Enum(['balanced', 'bare'], { description: 'bare: the control arm, one try, straight at a storefront.' })),
      },
      CLOSED,
    )),
    settings: Type.Optional(Type.Object(
      { rescue: Flag, ovens: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, title: 'a whole number from 1 to 1000' })) },
      { ...CLOSED, description: 'Switches for the whole run: rescue of every balancer, ovens of every kitchen.' },
    )),
    preconditions: Type.Optional(Type.Object(
      { headroom: Type.Enum(['can-lose-az', 'waived'], { description: 'can-lose-az: NOT_READY where the rate is more than what two AZs are rated for.' }) },
      CLOSED,
    )),
    given: Type.Optional(Type.Array(Action, { description: 'What is broken before the baseline and healed after the recovery.' })),
    guardrails: Type.Optional(Type.Array(Guard)),
    phases: Type.Array(Phase, { description: 'warm (may be left out), baseline, fault, recovery.' }),
    assert: Type.Optional(Type.Array(Assertion, { description: 'What must hold, else FAIL. Without any, the run only measures.' })),
    expect: Type.Optional(Type.Enum(['PASS', 'FAIL', 'INCONCLUSIVE', 'ABORTED', 'NOT_READY'], { description: 'What every run ends in; PASS unless stated. Meeting it is exit code 0.' })),
  },
  CLOSED,
);
export type WrittenExperiment = Static<typeof Experiment>;

const KneeSearch = Type.Object(
  { ...Head, kind: Type.Literal('KneeSearch'), hypothesis: Type.Object({ text: Type.String(SENTENCE) }, CLOSED), matrix: Matrix },
  { ...CLOSED, description: 'The highest rate that an AZ alone holds, others shifted away; what counts as holding is fixed.' },
);

const SuiteMember = Type.Object(
  {
    experiment: Type.String({ minLength: 1, maxLength: 200, title: 'the name of an experiment or the path of its file', description: 'A path counts from where the suite lies.' }),
    advisory: Type.Optional(Type.Boolean({ title: 'true or false', description: 'It is run and shown, and does not decide.' })),
    weight: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 100, title: 'a number above 0 and up to 100', description: 'In the score, which stands beside the verdict; 1 unless stated.' })),
  },
  CLOSED,
);

const Suite = Type.Object(
  {
    ...Head,
    kind: Type.Literal('Suite'),
    experiments: Type.Array(SuiteMember, { minItems: 1 }),
    max_age_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, title: 'a whole number of days from 1 to 365', description: 'How long a result counts with --resume; 30 unless stated.' })),
  },
  { ...CLOSED, description: 'Experiments that are run one after the other, in each AZ in turn, and have one verdict.' },
);
export type WrittenSuite = Static<typeof Suite>;

export const ExperimentSchema = Type.Union([Experiment, KneeSearch, Suite], { title: 'an experiment' });
export type WrittenDocument = Static<typeof ExperimentSchema>;
