/**
 * The part of Grafana's dashboard model (schema version 42, "v1") that our dashboards use, as strict as a schema can be:
 * what is not named here is refused. Grafana itself ignores what it does not know, so that a misspelt option would
 * only show as a panel that looks a little wrong.
 */
import { Type } from 'typebox';
import { Errors } from 'typebox/value';

const closed = { additionalProperties: false };
const Text = Type.String({ minLength: 1 });
const Source = Type.Object({ type: Type.Literal('prometheus'), uid: Type.Literal('prometheus') }, closed);
const Colour = Type.Object({ mode: Type.Union([Type.Literal('fixed'), Type.Literal('thresholds')]), fixedColor: Type.Optional(Text) }, closed);
const Steps = Type.Array(Type.Object({ value: Type.Union([Type.Number(), Type.Null()]), color: Text }, closed), { minItems: 1 });

const Link = Type.Object(
  {
    title: Text, type: Type.Union([Type.Literal('dashboards'), Type.Literal('link')]), icon: Type.String(), tooltip: Type.String(), url: Type.Optional(Type.String()),
    tags: Type.Array(Text), asDropdown: Type.Boolean(), targetBlank: Type.Boolean(), includeVars: Type.Boolean(), keepTime: Type.Boolean(),
  },
  closed,
);

const Target = Type.Object(
  {
    refId: Type.String({ pattern: '^[A-Z]$' }), datasource: Source, expr: Text, legendFormat: Text,
    instant: Type.Optional(Type.Boolean()), range: Type.Optional(Type.Boolean()), format: Type.Optional(Type.Literal('table')),
  },
  closed,
);

const Mapping = Type.Object({ type: Type.Union([Type.Literal('value'), Type.Literal('range')]), options: Type.Record(Type.String(), Type.Unknown()) }, closed);
const Override = Type.Object(
  {
    matcher: Type.Object({ id: Type.Union([Type.Literal('byName'), Type.Literal('byRegexp')]), options: Text }, closed),
    properties: Type.Array(Type.Object({ id: Type.Literal('color'), value: Colour }, closed), { minItems: 1 }),
  },
  closed,
);

const GridPos = Type.Object({ x: Type.Integer({ minimum: 0, maximum: 23 }), y: Type.Integer({ minimum: 0 }), w: Type.Integer({ minimum: 1, maximum: 24 }), h: Type.Integer({ minimum: 1, maximum: 20 }) }, closed);

const PanelSchema = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }), type: Type.Enum(['timeseries', 'stat', 'state-timeline', 'table']), title: Text, description: Type.String({ minLength: 20 }),
    transparent: Type.Boolean(), repeatDirection: Type.Literal('h'), datasource: Source, gridPos: GridPos, targets: Type.Array(Target, { minItems: 1 }),
    transformations: Type.Optional(Type.Array(Type.Object({ id: Type.Enum(['filterFieldsByName', 'organize']), options: Type.Record(Type.String(), Type.Unknown()) }, closed))),
    options: Type.Record(Type.String(), Type.Unknown()),
    fieldConfig: Type.Object(
      {
        defaults: Type.Object(
          {
            unit: Text, min: Type.Optional(Type.Number()), max: Type.Optional(Type.Number()), decimals: Type.Optional(Type.Integer({ minimum: 0 })), noValue: Type.Optional(Text),
            mappings: Type.Optional(Type.Array(Mapping)), thresholds: Type.Optional(Type.Object({ mode: Type.Literal('absolute'), steps: Steps }, closed)), color: Type.Optional(Colour),
            links: Type.Optional(Type.Array(Link)), custom: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
          },
          closed,
        ),
        overrides: Type.Array(Override),
      },
      closed,
    ),
  },
  closed,
);

const RowSchema = Type.Object({ id: Type.Integer({ minimum: 1 }), type: Type.Literal('row'), title: Text, collapsed: Type.Literal(false), gridPos: GridPos, panels: Type.Array(Type.Never()) }, closed);

const Option = Type.Object({ text: Type.Union([Text, Type.Array(Text)]), value: Type.Union([Text, Type.Array(Text)]), selected: Type.Boolean() }, closed);
const VariableSchema = Type.Object(
  {
    type: Type.Enum(['query', 'custom']), name: Type.String({ pattern: '^[a-z]+$' }), label: Text, description: Type.Optional(Text), skipUrlSync: Type.Literal(false), datasource: Type.Optional(Source),
    query: Type.Union([Text, Type.Object({ qryType: Type.Literal(1), query: Text, refId: Text }, closed)]), definition: Type.Optional(Text), current: Option, options: Type.Optional(Type.Array(Option)),
    multi: Type.Boolean(), includeAll: Type.Boolean(), allValue: Type.Optional(Text), allowCustomValue: Type.Optional(Type.Boolean()), refresh: Type.Optional(Type.Integer()), sort: Type.Optional(Type.Integer()),
  },
  closed,
);

const AnnotationSchema = Type.Object(
  {
    name: Text, datasource: Source, enable: Type.Boolean(), hide: Type.Boolean(), iconColor: Text, titleFormat: Text, textFormat: Text, tagKeys: Text, useValueForTime: Type.Boolean(),
    target: Type.Object({ refId: Text, expr: Text, interval: Text }, closed), builtIn: Type.Optional(Type.Literal(0)),
  },
  closed,
);

const DashboardSchema = Type.Object(
  {
    uid: Type.String({ pattern: '^azimuth-[a-z-]{1,32}$' }), title: Text, description: Text, tags: Type.Array(Text, { minItems: 1 }), timezone: Type.Literal('browser'), editable: Type.Literal(false),
    graphTooltip: Type.Integer({ minimum: 0, maximum: 2 }), fiscalYearStartMonth: Type.Literal(0), schemaVersion: Type.Literal(42), refresh: Type.Literal('5s'),
    time: Type.Object({ from: Type.Literal('now-15m'), to: Type.Literal('now') }, closed), templating: Type.Object({ list: Type.Array(VariableSchema) }, closed),
    annotations: Type.Object({ list: Type.Array(AnnotationSchema, { minItems: 1 }) }, closed), links: Type.Array(Link, { minItems: 1 }),
    panels: Type.Array(Type.Union([PanelSchema, RowSchema]), { minItems: 1 }),
  },
  closed,
);

/** @returns where a dashboard is not what Grafana provisions, each with its path */
export function schemaErrors(dashboard: unknown): string[] {
  return Errors(DashboardSchema, dashboard).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
