import { AynaError, type Entity } from '@ayna/contract';
import {
  connectFirestore,
  firestoreSettings,
  openDocumentSource,
  type DocumentSource,
} from '@ayna/firestore';
import { wholeNumber } from '@ayna/platform';
import { openMirrorStore, sqlOf, sqlSettings, type MirrorStore } from '@ayna/sql-gateway';
import { z } from 'zod';
import { parseSample, parseSince, type CheckMode } from './check-mode.ts';
import { DEFAULT_RECHECK } from './recheck.ts';
import { DEFAULT_THRESHOLDS, type Thresholds } from './thresholds.ts';

/** The variables of every program that checks the mirror, for `readConfig`. */
export const checkSettings = {
  ...firestoreSettings,
  ...sqlSettings,
  CHECK_MAX_DRIFT_PERCENT: z.coerce
    .number()
    .min(0)
    .max(100)
    .default(DEFAULT_THRESHOLDS.maxDriftPercent)
    .describe('expected a number from 0 to 100'),
  CHECK_MAX_MISSING_IN_FIRESTORE: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(
    DEFAULT_THRESHOLDS.maxMissingInFirestore,
  ),
  CHECK_PAUSE_MS: wholeNumber(1, 600_000).default(DEFAULT_RECHECK.pauseMs),
  CHECK_REPORT: z.string().optional(),
};

/** What `checkSettings` read. */
export type MirrorEndsConfig = z.infer<z.ZodObject<typeof checkSettings>>;

/** The thresholds that the settings name. */
export function thresholdsOf(config: MirrorEndsConfig): Thresholds {
  return {
    maxDriftPercent: config.CHECK_MAX_DRIFT_PERCENT,
    maxMissingInFirestore: config.CHECK_MAX_MISSING_IN_FIRESTORE,
  };
}

/** Firestore and SQL, connected. */
export interface MirrorEnds extends AsyncDisposable {
  readonly source: DocumentSource;
  readonly store: MirrorStore;
}

/**
 * Connects both ends of the mirror and looks whether the database is at the right version.
 *
 * @throws AynaError as `MirrorStore.verifySchema` does
 */
export async function openMirrorEnds(
  config: MirrorEndsConfig,
  entities: readonly Entity[],
): Promise<MirrorEnds> {
  const store = openMirrorStore({ ...sqlOf(config), entities });
  try {
    await store.verifySchema();
  } catch (error) {
    await store.close();
    throw error;
  }
  const firestore = await connectFirestore(config.GOOGLE_CLOUD_PROJECT);
  return {
    source: openDocumentSource(firestore),
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await firestore.terminate();
    },
  };
}

/** Which part of the mirror to check, as a person says it. */
export interface CheckScope {
  /** `1%` */
  readonly sample?: string | undefined;
  /** `2026-11-20T00:00:00Z` or `24h` */
  readonly since?: string | undefined;
  /** Of the sample; chosen at random when it is not given. */
  readonly seed?: number | undefined;
}

const MAX_SEED = 2 ** 32;

/** @throws AynaError `InputInvalid` for texts that mean nothing, or a sample and a time at once */
/**
 * The mode that the settings of a check ask for: a sample, what changed since a time, or all.
 *
 * @throws AynaError `InputInvalid` for both a sample and a time, or one that cannot be read
 */
export function checkModeOf({ sample, since, seed }: CheckScope): CheckMode {
  if (sample !== undefined && since !== undefined) {
    throw new AynaError('InputInvalid', 'a check takes a sample or a time, not both');
  }
  if (since !== undefined) return { kind: 'since', since: parseSince(since) };
  if (sample === undefined) return { kind: 'full' };
  const chosen = seed ?? Math.floor(Math.random() * MAX_SEED);
  return { kind: 'sample', fraction: parseSample(sample), seed: chosen };
}

/**
 * The entities of these names; all when there is no name.
 *
 * @throws AynaError `InputInvalid`, naming those there are
 */
export function entitiesNamed(all: readonly Entity[], names: readonly string[]): Entity[] {
  const unknown = names.find((name) => !all.some((entity) => entity.name === name));
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name).join(', ');
    throw new AynaError('InputInvalid', `no entity is called "${unknown}": there are ${known}`);
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}
