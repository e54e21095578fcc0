import type { Entity, SourceVersion } from '@ayna/contract';
import type { DocumentSource } from '@ayna/firestore';
import type { MirrorStore } from '@ayna/sql-gateway';
import { rangesOf, type CheckMode } from './check-mode.ts';
import type { Finding } from './difference.ts';
import { openRecheck, type Mend, type RecheckPolicy } from './recheck.ts';
import { debtOf } from './second-look.ts';
import { walkBoth, type Sighting } from './sighting.ts';
import { newTally, totalOf, type Counts, type EntityCheck } from './tally.ts';
import { judge } from './verdict.ts';

export interface CheckOptions {
  readonly entities: readonly Entity[];
  readonly source: DocumentSource;
  readonly store: MirrorStore;
  /** @defaultValue everything */
  readonly mode?: CheckMode;
  /** How differences are looked at again before they count. */
  readonly recheck?: Partial<RecheckPolicy>;
  /** Differences that the summary names, of each entity. @defaultValue 20 */
  readonly maxExamples?: number;
  /** Told of each difference once it is confirmed; the check waits for it. */
  readonly onDifference?: (finding: Finding) => Promise<void> | void;
  /** Told every few hundred keys how far the check is. */
  readonly onProgress?: (progress: CheckProgress) => void;
  /** Ends the check early: its summary then says that it is not complete. */
  readonly signal?: AbortSignal;
}

export interface CheckProgress {
  readonly entity: string;
  /** Keys looked at so far, of all entities. */
  readonly checked: number;
  /** Differences that wait for their second look. */
  readonly waiting: number;
}

/** What a check found. */
export interface CheckSummary {
  readonly mode: CheckMode;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** False when it was ended early: then only a part was looked at. */
  readonly complete: boolean;
  readonly total: Counts;
  readonly entities: readonly EntityCheck[];
}

const DEFAULT_MAX_EXAMPLES = 20;
const PROGRESS_EVERY = 500;

/**
 * Compares the mirror with Firestore, key by key, in memory that does not grow with the data.
 *
 * A difference counts when both sides, read again after a pause, still disagree and the mirror has
 * not come to the state it was first seen to owe; so traffic during the check is no drift. A key
 * that changes faster than it can be looked at is counted as `inFlight`.
 *
 * Rejects with the `AynaError` of the side that failed, or with what `onDifference` threw.
 */
export async function checkMirror(options: CheckOptions): Promise<CheckSummary> {
  return runCheck(options, undefined);
}

/** The check behind both `checkMirror` and `repairMirror`. */
export async function runCheck(
  options: CheckOptions,
  mend: Mend | undefined,
): Promise<CheckSummary> {
  const { entities, source, store, mode = { kind: 'full' }, signal } = options;
  const startedAt = new Date().toISOString();
  const stopped = new AbortController();
  const ended = signal ? AbortSignal.any([signal, stopped.signal]) : stopped.signal;
  let earlier = 0;
  const check = async (entity: Entity): Promise<() => Promise<EntityCheck>> => {
    const tally = newTally(entity.name, options.maxExamples ?? DEFAULT_MAX_EXAMPLES);
    const recheck = openRecheck({
      ...options,
      entity,
      tally,
      mend,
      signal: ended,
      onFailure: () => stopped.abort(),
    });
    for (const range of await rangesOf(mode, entity, store)) {
      for await (const sighting of walkBoth(entity, source, store, range)) {
        if (ended.aborted) break;
        if (!isMeant(mode, sighting)) continue;
        tally.checked += 1;
        if (tally.checked % PROGRESS_EVERY === 0) {
          options.onProgress?.({
            entity: entity.name,
            checked: earlier + tally.checked,
            waiting: recheck.waiting,
          });
        }
        const { key, document, row } = sighting;
        if (!judge(entity, sighting)) continue;
        // Which side was read first is not known here, so a missing document proves nothing yet.
        const debt = document && debtOf(document.state.version, row);
        await recheck.suspect({ key, debt });
      }
    }
    earlier += tally.checked;
    return async () => {
      await recheck.finished();
      return tally.result();
    };
  };
  try {
    const running: (() => Promise<EntityCheck>)[] = [];
    for (const entity of entities) running.push(await check(entity));
    const results: EntityCheck[] = [];
    for (const result of running) results.push(await result());
    return {
      mode,
      startedAt,
      finishedAt: new Date().toISOString(),
      complete: signal?.aborted !== true,
      total: totalOf(results),
      entities: results,
    };
  } finally {
    stopped.abort();
  }
}

/**
 * True for what the check is about: not a tombstone without a document, nor a pair that is too old.
 * A live row without a document always is: nothing tells when the document was deleted.
 */
function isMeant(mode: CheckMode, { document, row }: Sighting): boolean {
  if (!document && row?.deletedAt !== null) return false;
  if (mode.kind !== 'since' || !document) return true;
  const isRecent = (version: SourceVersion | undefined) =>
    version !== undefined && version.compare(mode.since) >= 0;
  return isRecent(document.state.version) || isRecent(row?.sourceVersion);
}
