import type { Entity } from './entity.ts';
import type { SyncSource, TypedEvent } from './mirror-event.ts';
import { AynaError } from './errors.ts';
import { checkKey, projectDocument, type Columns } from './row.ts';
import type { SourceVersion } from './source-version.ts';

/** One change of one mirror row: an event, projected onto the columns of its entity. */
export interface MirrorChange {
  readonly entity: Entity;
  readonly key: Readonly<Record<string, string>>;
  readonly sourceVersion: SourceVersion;
  /**
   * Of a repair: the version of the row that was found to be wrong. A row that still has it is
   * replaced, even by an older version or the same one; a row that has changed since is not.
   *
   * The document must have been read after the row: only then is the row known to be wrong, and not
   * newer.
   */
  readonly replaces?: SourceVersion;
  /** The columns of the document; null makes the row a tombstone. */
  readonly columns: Columns | null;
  readonly eventId: string;
  readonly syncSource: SyncSource;
  /** How often the event had been published before: 0 for the first time. */
  readonly retryCount: number;
}

/**
 * What became of a change in a store:
 * `applied`, the row now holds it; `stale`, the row holds a newer version; `duplicate`, the row
 * held this version already. A repair that replaces its own version is `applied` each time.
 */
export type Outcome = 'applied' | 'stale' | 'duplicate';

/**
 * Projects an event onto its row.
 *
 * @param document canonical JSON of the document, for a claim check that was redeemed; null when
 * the document was found to be gone
 * @throws AynaError `ContractViolation` when key or document cannot be mirrored
 */
export function mirrorChange(
  { entity, operation, event }: TypedEvent,
  document: string | null = event.data.document,
): MirrorChange {
  checkKey(entity, event.data.key);
  if (operation !== 'delete' && document === null) {
    throw new AynaError('ContractViolation', `${event.type}: there is no document to mirror`);
  }
  return {
    entity,
    key: event.data.key,
    sourceVersion: event.data.sourceVersion,
    ...(event.data.replacesVersion && { replaces: event.data.replacesVersion }),
    columns: operation === 'delete' || document === null ? null : projectDocument(entity, document),
    eventId: event.id,
    syncSource: event.data.syncSource,
    retryCount: event.data.attempt - 1,
  };
}
