/**
 * Reads PromQL with Prometheus's own grammar and says what a query is made of, so that rules about queries look at the
 * query and not at its text. Variables of Grafana are put out of the way first; what they stand for is not checked here.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
  /** Range as it is written, `$__rate_interval` included; null for an instant. */
  range: string | null;
  /** Functions and aggregations around it, the innermost first. */
  within: string[];
}

export interface PromqlTree {
  /** What the grammar does not take. */
  errors: string[];
  selectors: Selector[];
}

/** A range that no query of ours uses stands for each variable one. */
const STAND_INS: Readonly<Record<string, string>> = { $__rate_interval: '111y', $__range: '112y' };

export function readPromql(expr: string): PromqlTree {
  const text = Object.entries(STAND_INS).reduce((rest, [variable, standIn]) => rest.replaceAll(variable, standIn), expr);
  const tree = parser.parse(text);
  const found: PromqlTree = { errors: [], selectors: [] };
  eachNode(tree, (node) => {
    if (node.type.isError) found.errors.push(`does not parse near "${text.slice(Math.max(0, node.from - 20), node.to + 20)}"`);
    if (node.name === 'VectorSelector') found.selectors.push(selectorOf(node, text));
  });
  return found;
}

function selectorOf(node: SyntaxNode, text: string): Selector {
  const textOf = (one: SyntaxNode | null): string => (one === null ? '' : text.slice(one.from, one.to));
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : null;
  const range = matrix === null ? null : textOf(matrix).slice(textOf(node).length).replace(/^\[|\]$/g, '');
  const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
  return {
    metric: textOf(node.getChild('Identifier')),
    matchers: matchers.map((matcher) => ({
      label: textOf(matcher.getChild('LabelName')),
      operator: textOf(matcher.getChild('MatchOp')),
      value: textOf(matcher.getChild('StringLiteral')).replace(/^["']|["']$/g, ''),
    })),
    range: Object.entries(STAND_INS).find(([, standIn]) => standIn === range)?.[0] ?? range,
    within: callsAround(node, textOf),
  };
}

function callsAround(node: SyntaxNode, textOf: (one: SyntaxNode | null) => string): string[] {
  const calls: string[] = [];
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.name === 'FunctionCall') calls.push(textOf(at.getChild('FunctionIdentifier')));
    if (at.name === 'AggregateExpr') calls.push(`${textOf(at.getChild('AggregateOp'))} ${textOf(at.getChild('AggregateModifier'))}`.trim());
  }
  return calls;
}

function eachNode(tree: Tree, visit: (node: SyntaxNode) => void): void {
  tree.iterate({ enter: ({ node }) => visit(node) });
}
