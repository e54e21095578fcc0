import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  azureMetrics,
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
      ['MirrorCheckMissing', expect.stringContaining('mirror_check_timestamp_seconds[26h]')],
    ]),
  );
});

test('the rules for Azure ask only for metrics that there are', () => {
  const names = documentedMetrics().map(({ name }) => name);
  expect(azureMetrics()).toEqual(
    expect.arrayContaining([
      'mirror_queue_depth',
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

test('promtool agrees, where it is installed', () => {
  const run = (...args: string[]) =>
    spawnSync('promtool', args, { cwd: rules, encoding: 'utf8', timeout: 60_000 });
  if (run('--version').error) {
    process.stderr.write('promtool is not installed: its check and its rule tests were not run\n');
    return;
  }
  for (const args of [
    ['check', 'rules', 'alerts.yaml'],
    ['test', 'rules', 'alerts.test.yaml'],
  ]) {
    const { status, stdout, stderr } = run(...args);
    expect({ status, said: `${stdout}${stderr}` }).toMatchObject({ status: 0 });
  }
});
