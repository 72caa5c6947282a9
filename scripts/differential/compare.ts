/**
 * Sends a case to both servers and lists where they differ beyond what is agreed. Both go through their steps
 * side by side, so a case takes as long as the slower. A difference names the case, the step and both lines:
 * enough to repeat it by hand.
 */
import { allow, RULES, type RuleId } from './allowances.ts';
import type { Case, Differs, Step } from './case.ts';
import type { Observation, World } from './world.ts';

export interface Difference {
  step: number;
  /** The step as it was sent. */
  doing: string;
  reference: string;
  ours: string;
  /** The agreed difference that did not show as agreed. */
  broken?: string;
}

export interface Comparison {
  differences: Difference[];
  /** Agreed differences that were needed. */
  used: ReadonlySet<RuleId>;
  observations: number;
}

export interface Worlds {
  reference: World;
  ours: World;
}

/** `agreed: false` takes no difference for agreed: for two servers that are the same program. */
export async function compare(one: Pick<Case, 'steps'>, worlds: Worlds, agreed = true): Promise<Comparison> {
  await Promise.all([worlds.reference.clear(), worlds.ours.clear()]);
  const [seen, seenOfOurs] = await Promise.all([runAll(one.steps, worlds.reference), runAll(one.steps, worlds.ours)]);
  const differences: Difference[] = [];
  const used = new Set<RuleId>();
  one.steps.forEach((step, i) => {
    const [left, right] = [seen[i], seenOfOurs[i]] as [Observation, Observation];
    const found = agreed ? judge(step.differs, left.text, right.text, used) : left.text === right.text ? null : {};
    if (found === null) return;
    const { differs: _, ...doing } = step;
    differences.push({ step: i + 1, doing: JSON.stringify(doing), reference: timed(left), ours: timed(right), ...found });
  });
  return { differences, used, observations: one.steps.length };
}

/** A readable list of differences; empty text when there are none. */
export function describeDifferences(differences: readonly Difference[]): string {
  return differences
    .map(({ step, doing, reference, ours, broken }) => `step ${step}: ${doing}\n  reference: ${reference}\n  ours:      ${ours}${broken === undefined ? '' : `\n  ${broken}`}`)
    .join('\n');
}

async function runAll(steps: readonly Step[], world: World): Promise<Observation[]> {
  const seen: Observation[] = [];
  for (const step of steps) seen.push(await world.run(step));
  return seen;
}

/** Null when all is as it should be. */
function judge(differs: Differs | undefined, reference: string, ours: string, used: Set<RuleId>): { broken?: string } | null {
  if (differs === undefined) {
    const allowed = allow({ reference, ours });
    if (allowed.reference !== allowed.ours) return {};
    for (const rule of allowed.used) used.add(rule);
    return null;
  }
  const rule = `${differs.rule} (${RULES[differs.rule]})`;
  if (reference === ours) return { broken: `${rule} is not needed: both show the same` };
  if (!shows(differs.reference, reference)) return { broken: `${rule} expects of the reference: ${String(differs.reference)}` };
  if (!shows(differs.ours, ours)) return { broken: `${rule} expects of ours: ${String(differs.ours)}` };
  used.add(differs.rule);
  return null;
}

function shows(expected: string | RegExp, seen: string): boolean {
  return typeof expected === 'string' ? expected === seen : expected.test(seen);
}

function timed({ text, afterMs }: Observation): string {
  return `${text} (${afterMs.toFixed(0)} ms after the last thing done)`;
}
