import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { queryProblems } from './kusto.ts';
import {
  azureMetrics,
  azureNamespaceMetrics,
  azureQueries,
  dashboardExpressions,
  dashboards,
  documentedMetrics,
  metricsOfSources,
  readExpression,
  ruleExpressions,
  seriesOf,
} from './monitoring-files.ts';

const rules = join(import.meta.dirname, '../monitoring/prometheus');
const known = new Set(documentedMetrics().flatMap(seriesOf));

test('docs/telemetry.md lists every metric that the sources make, and no other', () => {
  expect(
    documentedMetrics()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(metricsOfSources());
});

describe.for([...ruleExpressions(), ...dashboardExpressions()])(
  'the expression of $where',
  ({ text }) => {
    test('is one, and asks only for metrics that there are', () => {
      const { metrics, wrong } = readExpression(text);
      expect(wrong).toEqual([]);
      expect(metrics).not.toEqual([]);
      expect(metrics.filter((name) => !known.has(name))).toEqual([]);
    });
  },
);

test('a wrong expression and a metric that there is not are found', () => {
  expect(readExpression('sum by (le (rate(x[5m]))').wrong).not.toEqual([]);
  expect(readExpression('rate(nonsense_total[5m])').metrics).toEqual(['nonsense_total']);
  expect(known.has('nonsense_total')).toBe(false);
});

test('every wished alert has a rule for Prometheus', () => {
  expect(ruleExpressions().map(({ where, text }) => [where, text])).toEqual(
    expect.arrayContaining([
      ['MirrorQueueDeep', expect.stringMatching(/mirror_queue_depth.* > 1000$/)],
      ['MirrorSlow', expect.stringMatching(/0\.95.*sql_mirror_latency_ms_bucket.* > 250$/)],
      ['MirrorDrift', expect.stringMatching(/mirror_drift_percent.* > 0\.5$/)],
      ['MirrorDeadLetters', expect.stringMatching(/mirror_dead_letters.* > 10$/)],
      [
        'MirrorQueueUnwatched',
        expect.stringContaining('time() - max(mirror_queue_counted_timestamp_seconds) > 600'),
      ],
      ['MirrorCheckMissing', expect.stringContaining('mirror_check_timestamp_seconds[26h]')],
    ]),
  );
});

test('a deep queue and dead letters are heard in Azure even when no writer runs', () => {
  expect(azureNamespaceMetrics()).toEqual(['ActiveMessages', 'DeadletteredMessages']);
});

test('the queries for Azure are queries, to its own language service', () => {
  expect(azureQueries().length).toBeGreaterThan(6);
  expect(azureQueries().flatMap(queryProblems)).toEqual([]);
  expect(queryProblems('customMetrics | where nam == "x"')).toEqual([
    expect.stringContaining("'nam' does not refer to any known column"),
  ]);
});

test('the rules for Azure ask only for metrics that there are', () => {
  const names = documentedMetrics().map(({ name }) => name);
  expect(azureMetrics()).toEqual(
    expect.arrayContaining([
      'mirror_queue_depth',
      'mirror_queue_counted_timestamp_seconds',
      'sql_mirror_slow_total',
      'mirror_dead_letters',
      'mirror_drift_percent',
      'mirror_check_timestamp_seconds',
    ]),
  );
  expect(azureMetrics().filter((name) => !names.includes(name))).toEqual([]);
});

describe.for(dashboards)('the dashboard $file', ({ dashboard }) => {
  const { panels } = dashboard;

  test('has panels with ids of their own that ask the Prometheus that is chosen', () => {
    expect(dashboard.uid).toMatch(/^ayna-/);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ datasource }) => datasource.uid))).toEqual(
      new Set(['${datasource}']),
    );
    expect(panels.every(({ targets }) => targets.length > 0)).toBe(true);
    expect(panels.filter(({ type }) => !['stat', 'timeseries'].includes(type))).toEqual([]);
  });

  test('has panels that lie beside each other', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x},${y}`), title).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
  });
});

const promtool = (...args: string[]) =>
  spawnSync('promtool', args, { cwd: rules, encoding: 'utf8', timeout: 60_000 });
const noPromtool = promtool('--version').error !== undefined;

// npm has no promtool. Where there is none these are shown as skipped; the workflow brings one.
test.skipIf(noPromtool).for([
  ['takes the rules', 'check', 'alerts.yaml'],
  ['sees each rule ring and be silent as its tests say', 'test', 'alerts.test.yaml'],
] as const)('promtool %s', ([, verb, file]) => {
  const { status, stdout, stderr } = promtool(verb, 'rules', file);
  expect({ status, said: `${stdout}${stderr}` }).toMatchObject({ status: 0 });
});

test('each rule is among those that promtool is told to try', () => {
  const tried = readFileSync(join(rules, 'alerts.test.yaml'), 'utf8');
  const untried = ruleExpressions().filter(({ where }) => !tried.includes(`alertname: ${where}\n`));
  expect(untried).toEqual([]);
});
