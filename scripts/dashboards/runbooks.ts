/** Reads the runbooks: what a page says of its alert, where it says to look, what it says to type. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../tool.ts';

const FOLDER = 'docs/runbooks';
const SECTIONS = ['What it means', 'Impact', 'First look', 'What to do'];

export interface Runbook {
  /** Path from the root of the checkout. */
  path: string;
  alert: string;
  severity: string;
  /** How long it must be true, as in the rule. */
  for: string;
  /** Panels to look at first. */
  panels: { dashboard: string; panel: string }[];
  /** What to type, word by word. */
  commands: string[][];
  /** Sections that a page must have, in their order, and this one has. */
  sections: string[];
}

export const RUNBOOK_SECTIONS: readonly string[] = SECTIONS;

export function readRunbooks(): Runbook[] {
  return readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.md')).map((name) => readRunbook(`${FOLDER}/${name}`, readFileSync(join(ROOT, FOLDER, name), 'utf8')));
}

/** @param path names the alert */
export function readRunbook(path: string, text: string): Runbook {
  const [, severity = '', duration = ''] = /^\*\*(\w+)\*\*, after (\w+)$/m.exec(text) ?? [];
  const look = /^## First look$([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  return {
    path,
    alert: basename(path, '.md'),
    severity,
    for: duration,
    panels: [...look.matchAll(/^- ([^›\n]+) › ([^:\n]+):/gm)].map(([, dashboard = '', panel = '']) => ({ dashboard, panel })),
    commands: [...text.matchAll(/`((?:\.\/azimuth|docker compose) [^`]+)`/g)].map(([, words = '']) => words.split(/\s+/)),
    sections: [...text.matchAll(/^## (.+)$/gm)].map(([, section = '']) => section),
  };
}
