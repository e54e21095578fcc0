import {
  checkMirror,
  checkReport,
  checkUsersOfProject,
  openMirrorEnds,
  recordDrift,
  repairMirror,
  thresholdsOf,
  withAuthCheck,
  writeReport,
  type CheckOptions,
  type CheckProgress,
  type CheckReport,
  type UserCheckReport,
} from '@ayna/consistency';
import { entities } from '@ayna/contract';
import type { Logger } from '@ayna/platform';
import { openChangePublisher } from '@ayna/publisher';
import type { MirrorStore } from '@ayna/sql-gateway';
import type { CheckerConfig } from './config.ts';

const MS_PER_DAY = 86_400_000;

export interface CheckerHooks {
  readonly logger: Logger;
  /** Ends the check early; nothing is purged then. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: CheckProgress) => void;
}

/** What a run of the job did. */
export interface CheckerResult extends CheckReport {
  /** The check of the users; undefined when it is not wished. */
  readonly auth?: UserCheckReport['auth'];
  /** Old tombstones deleted; 0 when the check did not pass. */
  readonly tombstonesPurged: number;
}

/**
 * Checks the mirror once, repairs it where that is wished, deletes old tombstones, checks the users
 * where that is wished, and writes the report. Tombstones stay while the mirror is not known to be right: they are evidence.
 *
 * Rejects with an `AynaError` when an end cannot be reached or the report cannot be written.
 */
export async function runChecker(
  config: CheckerConfig,
  { logger, signal, onProgress }: CheckerHooks,
): Promise<CheckerResult> {
  await using ends = await openMirrorEnds(config, entities);
  const { source, store } = ends;
  const options: CheckOptions = {
    entities,
    source,
    store,
    mode: config.mode,
    recheck: { pauseMs: config.CHECK_PAUSE_MS },
    signal,
    ...(onProgress && { onProgress }),
  };
  const summary = await (config.repairs ? repair(options, config.repairs) : checkMirror(options));
  const report = checkReport(summary, thresholdsOf(config));
  recordDrift(report);
  logReport(report, logger);
  const tombstonesPurged = report.passed
    ? await purge(store, config.TOMBSTONE_RETENTION_DAYS, logger)
    : 0;
  const result = { ...(await addUsers(report, config, options, logger)), tombstonesPurged };
  if (config.CHECK_REPORT !== undefined) {
    const written = await writeReport(config.CHECK_REPORT, result);
    logger.info({ report: written }, 'report written');
  }
  return result;
}

async function addUsers(
  report: CheckReport,
  config: CheckerConfig,
  { store, recheck = {}, signal }: CheckOptions,
  logger: Logger,
): Promise<CheckReport | UserCheckReport> {
  if (!config.CHECK_AUTH) return report;
  const users = await checkUsersOfProject(config.GOOGLE_CLOUD_PROJECT, {
    store,
    entities,
    recheck,
    ...(signal && { signal }),
    onMissing: ({ uid, entities: seenIn }) => logger.warn({ uid, seenIn }, 'user missing in Auth'),
  });
  const { seenInSql, missingInAuth, disabled, authUsers, notSeenInSql } = users;
  logger[missingInAuth > 0 ? 'warn' : 'info'](
    { seenInSql, missingInAuth, disabled, authUsers, notSeenInSql },
    'users checked',
  );
  return withAuthCheck(report, users, { maxMissingInAuth: config.CHECK_MAX_MISSING_IN_AUTH });
}

async function repair(options: CheckOptions, place: NonNullable<CheckerConfig['repairs']>) {
  await using publisher = openChangePublisher(place, entities, 'repair');
  return await repairMirror({ ...options, publish: (change) => publisher.publish(change) });
}

async function purge(store: MirrorStore, days: number, logger: Logger): Promise<number> {
  const olderThan = new Date(Date.now() - days * MS_PER_DAY);
  let purged = 0;
  for (const entity of entities) {
    const count = await store.purgeTombstones(entity, olderThan);
    logger.info({ entity: entity.name, purged: count, olderThan }, 'old tombstones deleted');
    purged += count;
  }
  return purged;
}

function logReport(report: CheckReport, logger: Logger): void {
  for (const { examples, ...counts } of report.entities) {
    logger[counts.driftPercent > 0 ? 'warn' : 'info'](counts, 'checked');
    for (const { path, kind, fields, unrepairable } of examples) {
      logger.warn({ path, kind, fields, unrepairable }, 'difference');
    }
  }
  const { total, repair: repaired, beyond, complete, passed } = report;
  const outcome = { ...total, ...(repaired && { repair: repaired }), beyond, complete };
  if (passed) logger.info(outcome, 'the mirror is within the thresholds');
  else logger.error(outcome, complete ? 'the mirror has drifted' : 'the check was ended early');
}
