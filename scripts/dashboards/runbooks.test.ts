// A runbook is read at night: what it names must be there, and called that.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { everyDashboard } from '../../dashboards/grafana/all.ts';
import { panelsOf } from '../../dashboards/queries.ts';
import { ALERT_RULES } from '../../dashboards/rules/alerts.ts';
import { runbookOf } from '../../dashboards/rules/rule.ts';
import { createProgram } from '../program.ts';
import { ROOT } from '../tool.ts';
import { readRunbook, readRunbooks, RUNBOOK_SECTIONS } from './runbooks.ts';

const COMPOSE_COMMANDS = ['logs', 'restart', 'start', 'up'];

/** `Orders waiting: $az` and `Orders waiting: neighbours` are read as one panel. */
const titles = new Set(everyDashboard().flatMap((dashboard) => panelsOf(dashboard).map(({ title = '' }) => `${dashboard.title ?? ''} › ${title.replace(/: (?:\$az|neighbours)$/, '')}`)));
const services = Object.keys((parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as { services: object }).services);

test('every alert has a page, and every page an alert', () => {
  expect(readRunbooks().map(({ path }) => path).sort()).toEqual(ALERT_RULES.map(({ alert }) => runbookOf(alert)).sort());
});

describe.each(readRunbooks().map((runbook) => [runbook.alert, runbook] as const))('%s', (alert, runbook) => {
  test('says the severity and the time of its rule, and has every section', () => {
    const rule = ALERT_RULES.find((one) => one.alert === alert);
    expect({ severity: runbook.severity, for: runbook.for }).toEqual({ severity: rule?.severity, for: rule?.for });
    expect(runbook.sections).toEqual(RUNBOOK_SECTIONS);
  });

  test('names panels that are there', () => {
    expect(runbook.panels.length).toBeGreaterThan(1);
    expect(runbook.panels.map(({ dashboard, panel }) => `${dashboard} › ${panel}`).filter((title) => !titles.has(title))).toEqual([]);
  });

  test('names commands that are there, with targets that are there', () => {
    expect(runbook.commands.length).toBeGreaterThan(0);
    expect(runbook.commands.map(offenceOf).filter((offence) => offence !== null)).toEqual([]);
  });
});

test('a page with what is not there is seen', () => {
  const page = readRunbook('docs/runbooks/X.md', '# X\n\n**page**, after 5s\n\n## First look\n\n- Region › No such panel: x\n\n## What to do\n\n1. `./azimuth mend az1`, `./azimuth heal az9`, `./azimuth heal --hard`, `docker compose restart az1-oven`\n');
  expect(page).toMatchObject({ alert: 'X', severity: 'page', for: '5s', panels: [{ dashboard: 'Region', panel: 'No such panel' }], sections: ['First look', 'What to do'] });
  expect(page.commands.map(offenceOf)).toEqual(['./azimuth has no command mend', 'az9 is no target', './azimuth heal has no option --hard', 'az1-oven is no target']);
});

function offenceOf([program = '', ...words]: string[]): string | null {
  if (program === 'docker') return composeOffence(words.slice(1));
  const [name = '', ...rest] = words;
  const command = createProgram().commands.find((one) => one.name() === name);
  if (command === undefined) return `./azimuth has no command ${name}`;
  const flag = rest.find((word) => word.startsWith('--') && !command.options.some(({ long }) => long === word));
  if (flag !== undefined) return `./azimuth ${name} has no option ${flag}`;
  return targetOffence(rest);
}

function composeOffence([name = '', ...rest]: string[]): string | null {
  return COMPOSE_COMMANDS.includes(name) ? targetOffence(rest) : `docker compose ${name} is not among what runbooks need`;
}

function targetOffence(words: readonly string[]): string | null {
  const target = words.find((word) => /^az\d/.test(word) && !/^az[123]$/.test(word) && !services.includes(word));
  return target === undefined ? null : `${target} is no target`;
}
