import { aynaMeter } from '@ayna/platform';
import type { CheckSummary } from './check-mirror.ts';
import { differenceKinds } from './verdict.ts';

const MS_PER_SECOND = 1_000;

/** Tells the outcome of a check to the metrics, entity by entity. */
export function recordDrift({ entities }: Pick<CheckSummary, 'entities'>): void {
  const meter = aynaMeter();
  const drift = meter.createGauge('mirror_drift_percent', {
    description: 'Differences in percent of the records checked',
  });
  const differences = meter.createGauge('mirror_differences', {
    description: 'Differences found by the last check, by kind',
  });
  const checked = meter.createGauge('mirror_checked_records', {
    description: 'Records looked at by the last check',
  });
  meter
    .createGauge('mirror_check_timestamp_seconds', {
      description: 'When the last check ended, in seconds since 1970',
    })
    .record(Math.floor(Date.now() / MS_PER_SECOND));
  for (const { entity, ...counts } of entities) {
    drift.record(counts.driftPercent, { entity });
    checked.record(counts.checked, { entity });
    for (const kind of differenceKinds) differences.record(counts[kind], { entity, kind });
  }
}
