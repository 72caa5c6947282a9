/**
 * The shipped configuration and rules, moved from the container's paths to those of this machine. Everything else is
 * left as it is shipped: what is tested is what Compose runs.
 */
import { basename } from 'node:path';
import { parse, stringify } from 'yaml';

/** Rules are evaluated as often as the fleet is scraped: tests wait for them. */
const EVALUATED_EVERY = '2s';

interface Config {
  rule_files?: string[];
  scrape_configs?: { file_sd_configs?: { files: string[] }[]; static_configs?: { targets: string[] }[] }[];
}

interface Places {
  /** Folder of the target list. */
  region: string;
  /** Folder of the rule files. */
  rules: string;
  /** Where this Prometheus listens, as host and port: at the shipped address somebody else may. */
  itself: string;
}

/** @throws Error when the shipped file has no rules or no list of targets */
export function adaptConfig(shipped: string, { region, rules, itself }: Places): string {
  const config = parse(shipped) as Config;
  const lists = (config.scrape_configs ?? []).flatMap(({ file_sd_configs = [] }) => file_sd_configs);
  if ((config.rule_files ?? []).length === 0) throw new Error('The shipped configuration of Prometheus loads no rules.');
  if (lists.length === 0) throw new Error('The shipped configuration of Prometheus has no list of targets (file_sd_configs).');
  config.rule_files = config.rule_files?.map((path) => `${rules}/${basename(path)}`) ?? [];
  for (const { static_configs: fixed = [] } of config.scrape_configs ?? []) for (const group of fixed) group.targets = [itself];
  for (const list of lists) list.files = list.files.map((path) => `${region}/${basename(path)}`);
  return stringify(config, { lineWidth: 0 });
}

/** A rule file whose groups are evaluated more often. */
export function hastenRules(shipped: string): string {
  const file = parse(shipped) as { groups: { interval?: string }[] };
  for (const group of file.groups) group.interval = EVALUATED_EVERY;
  return stringify(file, { lineWidth: 0 });
}
