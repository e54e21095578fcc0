import { createHash } from 'node:crypto';
import {
  AynaError,
  CONTRACT_VERSION,
  encodeDocument,
  locateDocument,
  type DocumentChange,
  type Entity,
  type MirrorEvent,
  type Operation,
  type SourceVersion,
  type SyncSource,
} from '@ayna/contract';

const ENTROPY_LENGTH = 12;

/**
 * Makes the event of a change. The same change always makes the same event, so that a trigger that
 * is delivered twice publishes one event twice and not two.
 *
 * @throws AynaError `UnknownEntity` when no entity has such a path, `ContractViolation` when a
 * value cannot be encoded, or there is neither a state nor the time of a delete
 */
export function buildEvent(
  entities: readonly Entity[],
  change: DocumentChange,
  syncSource: SyncSource = 'trigger',
): MirrorEvent {
  const located = locateDocument(entities, change.path);
  if (!located) {
    throw new AynaError('UnknownEntity', `no entity has documents at "${change.path}"`);
  }
  const operation = operationOf(change);
  const version = versionOf(change);
  const type = located.entity.eventType(operation);
  const time = version.toIso();
  return {
    specversion: '1.0',
    id: `${type}:${change.source}:${change.originId}:${entropy(change.path, version)}`,
    type,
    source: change.source,
    subject: change.path,
    time,
    contractversion: CONTRACT_VERSION,
    data: {
      operation,
      key: located.key,
      sourceVersion: version,
      replacesVersion: change.replaces ?? null,
      document: change.after ? encodeDocument(change.after.fields) : null,
      previousDocument: change.before ? encodeDocument(change.before.fields) : null,
      claimCheck: false,
      occurredAt: time,
      attempt: 1,
      syncSource,
    },
  };
}

/**
 * The broker's `messageId`: a hash of type, key and version, which the broker's duplicate detection
 * compares. Each replay (`attempt` above 1) has one of its own, or the broker would drop it.
 *
 * So has the event of a tool that publishes on its own (backfill, repair), made of the event id and
 * so of the run: it says again what a trigger or an earlier run has said, because that was perhaps
 * dead-lettered, or published before there was this subscription or this database. The broker must
 * not drop it for being alike; within a run, a repetition is dropped.
 */
export function messageIdOf(event: MirrorEvent): string {
  const { sourceVersion, attempt, syncSource } = event.data;
  const parts = [event.type, event.subject, sourceVersion.toString()];
  if (syncSource === 'backfill' || syncSource === 'repair') parts.push(event.id);
  if (attempt > 1) parts.push(String(attempt));
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

function operationOf({ before, after, deletedAt, path }: DocumentChange): Operation {
  if (after) return before ? 'update' : 'create';
  if (before ?? deletedAt) return 'delete';
  throw new AynaError('ContractViolation', `the change of "${path}" has neither before nor after`);
}

/**
 * The version of a change is its commit time. A delete takes the time of its event, but never less
 * than just after the state it deleted: a coarser clock must not let it lose against that state.
 */
function versionOf({ before, after, deletedAt, path }: DocumentChange): SourceVersion {
  if (after) return after.version;
  const floor = before?.version.next();
  if (deletedAt && (!floor || deletedAt.compare(floor) >= 0)) return deletedAt;
  if (floor) return floor;
  throw new AynaError('ContractViolation', `the delete of "${path}" has no time`);
}

function entropy(path: string, version: SourceVersion): string {
  return createHash('sha256')
    .update(`${path}\n${version.toString()}`)
    .digest('hex')
    .slice(0, ENTROPY_LENGTH);
}
