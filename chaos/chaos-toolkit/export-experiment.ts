/**
 * Azimuth's document as a Chaos Toolkit experiment that `chaos run` runs from the checkout: what is done are processes that
 * call `./azimuth`, what is looked at are requests to the region's API. Every fault has a lease a little longer than the
 * experiment needs it, since Chaos Toolkit runs no rollback when it is killed.
 *
 * What its probes cannot say is left to the document, which goes with it as the extension `azimuth`: they look at single
 * moments, so quantiles, assertions and guardrails are judged by `./azimuth run` alone. So is the bare arm of customers,
 * which no verb asks for.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { statedFaultText, statedFault, type StatedFault } from '#chaos/verdict/stated-fault.ts';
import type { Activity, ToolkitExperiment } from './experiment.ts';
import { verbWords } from './verb-words.ts';

const DEFAULT_API = 'http://127.0.0.1:8090';
const LOOK_TIMEOUT_S = 5;
/** `./azimuth` heals an AZ within this time, and starts Node before. */
const ACT_TIMEOUT_S = 90;
/** Of a fault beyond the time for which it is asked. */
const SPARE_LEASE_MS = 60_000;
/** The API looks back so far at most. */
const SUMMARY_MS_MAX = 60_000;

/** @param az the AZ under test */
export function toolkitExperiment(document: ExperimentDocument, az: string): ToolkitExperiment {
  const { phases, given, hypothesis } = document;
  const fault = statedFault(document.fault, az);
  const wholeMs = phases.warmMs + phases.baselineMs + phases.faultMs + phases.recoveryMs;
  return {
    version: '1.0.0',
    title: `${document.title} (${az})`,
    description: `${hypothesis.text} Exported from Azimuth's ${document.id}; run it in its checkout, beside a region that runs.`,
    tags: ['azimuth', document.id, az, `expect:${document.expect}`],
    configuration: { azimuth_api: { type: 'env', key: 'AZIMUTH_API', default: DEFAULT_API } },
    'steady-state-hypothesis': { title: hypothesis.text, probes: steadyProbes(hypothesis.windowMs) },
    method: [
      action(`traffic ${document.rate}`, ['traffic', String(document.rate)]),
      ...switching(document.settings),
      ...given.map((one) => breaking(statedFault(one, az), wholeMs)),
      wait(probe('what customers get before', summaryPath(hypothesis.windowMs)), { before: phases.warmMs + phases.baselineMs }),
      wait(breaking(fault, phases.faultMs), { after: phases.faultMs }),
      probe('what customers got under the fault', summaryPath(phases.faultMs)),
      ...healing(fault, document),
    ],
    rollbacks: [healEverything(), action('traffic as at rest', ['traffic', 'rest'])],
    extensions: [{ name: 'azimuth', az, document }],
  };
}

/** The moments that stand for the document's hypothesis, also where its SLIs say more. */
function steadyProbes(windowMs: number): Activity[] {
  return [
    { ...probe('every AZ serves', '/v1/serving'), tolerance: 200 },
    { ...probe('nothing is left broken', '/v1/residue'), tolerance: { type: 'regex', target: 'body', pattern: '"residue":\\s*\\[\\]' } },
    { ...probe(`no order failed in the last ${windowMs / 1000} s`, summaryPath(windowMs)), tolerance: { type: 'regex', target: 'body', pattern: '"orders":\\s*\\{[^}]*"failed":\\s*0\\s*[,}]' } },
  ];
}

function breaking(fault: StatedFault, holdMs: number): Activity {
  return action(statedFaultText(fault), verbWords(fault, holdMs + SPARE_LEASE_MS));
}

/** A heal goes by place: what was given in the AZ under test ends with the fault, the rest and the switches after the recovery. */
function healing(fault: StatedFault, { given, settings, phases, hypothesis }: ExperimentDocument): Activity[] {
  const heal = wait(action(`heal ${fault.target}`, ['heal', fault.target, '--watch', '0']), { after: phases.recoveryMs });
  if (given.length === 0 && Object.keys(settings).length === 0) return [heal];
  return [heal, wait(healEverything(), { after: hypothesis.windowMs })];
}

function healEverything(): Activity {
  return action('heal everything', ['heal', '--watch', '0']);
}

/** Switches are turned back by a heal of everything. */
function switching(settings: ExperimentDocument['settings']): Activity[] {
  if (Object.keys(settings).length === 0) return [];
  const headers = { 'Content-Type': 'application/json' };
  return [{ type: 'action', name: 'switches as the document has them', provider: { type: 'http', url: '${azimuth_api}/v1/settings', method: 'PUT', headers, arguments: { ...settings }, timeout: ACT_TIMEOUT_S } }];
}

function action(name: string, words: readonly string[]): Activity {
  return { type: 'action', name, provider: { type: 'process', path: './azimuth', arguments: [...words], timeout: ACT_TIMEOUT_S } };
}

function probe(name: string, path: string): Activity {
  return { type: 'probe', name, provider: { type: 'http', url: `\${azimuth_api}${path}`, timeout: LOOK_TIMEOUT_S } };
}

function summaryPath(windowMs: number): string {
  return `/v1/customers/summary?windowMs=${Math.min(windowMs, SUMMARY_MS_MAX)}`;
}

/** Milliseconds. */
function wait(activity: Activity, { before, after }: { before?: number; after?: number }): Activity {
  return { ...activity, pauses: { ...(before === undefined ? {} : { before: before / 1000 }), ...(after === undefined ? {} : { after: after / 1000 }) } };
}
