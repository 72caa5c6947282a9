/** What a rule is, in our words; `rule-files.ts` turns it into Prometheus's. */
export type Severity = 'page' | 'ticket';

export interface RecordingRule {
  /** `azimuth:<what>:<how>`, the level first. */
  record: string;
  expr: string;
}

export interface AlertRule {
  alert: string;
  /** `page`: customers are or will be hurt, somebody gets up. `ticket`: somebody looks during the day. */
  severity: Severity;
  expr: string;
  /** How long it must be true before anybody is told. */
  for: string;
  /** One sentence: what is wrong. */
  summary: string;
  /** What it means and with which figure it was noticed. */
  description: string;
}

/** Page of an alert, from the root of the checkout. */
export function runbookOf(alert: string): string {
  return `docs/runbooks/${alert}.md`;
}
