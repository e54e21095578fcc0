import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** A metric as docs/telemetry.md has it. */
export interface DocumentedMetric {
  readonly name: string;
  readonly kind: string;
}

/** The table of metrics in docs/telemetry.md. */
export function documentedMetrics(): DocumentedMetric[] {
  return [
    ...read('docs/telemetry.md').matchAll(/^\| `([a-z_]+)` +\| (counter|gauge|histogram) /gm),
  ].map(([, name = '', kind = '']) => ({ name, kind }));
}

/** The names of the metrics that the sources make. */
export function metricsOfSources(): string[] {
  const made = /create(?:Observable)?(?:Counter|Gauge|Histogram|UpDownCounter)\(\s*'([^']+)'/g;
  const names = globSync('{libs,apps}/*/src/**/*.ts', { cwd: root }).flatMap((file) =>
    [...read(file).matchAll(made)].map(([, name = '']) => name),
  );
  return [...new Set(names)].sort();
}

/** The names of series by which Prometheus has them. */
export function seriesOf({ name, kind }: DocumentedMetric): string[] {
  return kind === 'histogram'
    ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`)
    : [name];
}

export interface Expression {
  /** Where it stands. */
  readonly where: string;
  readonly text: string;
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

/** The rules for Prometheus. */
export function ruleExpressions(): Expression[] {
  const { groups } = parse(read('tools/deploy/monitoring/prometheus/alerts.yaml')) as RuleFile;
  return groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => ({ where: alert, text: expr })),
  );
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly datasource: { readonly uid: string };
  readonly targets: readonly { readonly refId: string; readonly expr: string }[];
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
}

export const dashboards: readonly { readonly file: string; readonly dashboard: Dashboard }[] = [
  'mirror',
  'hub',
].map((file) => ({
  file,
  dashboard: JSON.parse(read(`tools/deploy/monitoring/grafana/${file}.json`)) as Dashboard,
}));

export function dashboardExpressions(): Expression[] {
  return dashboards.flatMap(({ file, dashboard }) =>
    dashboard.panels.flatMap(({ title, targets }) =>
      // What Grafana puts in before it asks.
      targets.map(({ expr }) => ({
        where: `${file}: ${title}`,
        text: expr.replaceAll('$__rate_interval', '5m'),
      })),
    ),
  );
}

/** What Prometheus's own grammar makes of an expression: the metrics in it, and where it is wrong. */
export function readExpression(text: string): { metrics: string[]; wrong: string[] } {
  const metrics: string[] = [];
  const wrong: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, type, from, to, node }) => {
      if (type.isError) wrong.push(`at ${from}: "${text.slice(from, to + 10)}"`);
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        metrics.push(text.slice(from, to));
      }
    },
  });
  return { metrics, wrong };
}

const alertsOfAzure = () => read('tools/deploy/infrastructure/modules/alerts.bicep');

/** The metrics of Service Bus itself that rules for Azure ask for. */
export function azureNamespaceMetrics(): string[] {
  return [...alertsOfAzure().matchAll(/^ +metric: '(\w+)'$/gm)].map(([, name = '']) => name);
}

/** The metrics that the rules for Azure ask for. */
export function azureMetrics(): string[] {
  const bicep = alertsOfAzure();
  return [...bicep.matchAll(/name (?:==|in) \(?((?:"[a-z_]+"(?:, )?)+)/g)].flatMap(
    ([, names = '']) => [...names.matchAll(/"([a-z_]+)"/g)].map(([, name = '']) => name),
  );
}

/** The queries of the rules for Azure, as Bicep writes them out. */
export function azureQueries(): string[] {
  return [...alertsOfAzure().matchAll(/^ +query: '(.*)'$/gm)].map(([, query = '']) =>
    query.replaceAll(/\$\{\w+\}/g, '1000'),
  );
}
