import { createHash } from 'node:crypto';
import {
  checkKey,
  projectFields,
  type Entity,
  type MirrorChange,
  type Outcome,
  type SourceVersion,
} from '@ayna/contract';
import type { EnsureOutcome } from '@ayna/contract/gateway';
import type { DocumentKey, DocumentReading } from '@ayna/firestore';
import type { GatewayPorts } from '../gateway-ports.ts';

/** What became of a document that was ensured. */
export interface Ensured {
  readonly outcome: EnsureOutcome;
  readonly exists: boolean;
  readonly version: SourceVersion;
}

/**
 * Brings the row of a document to the state in which Firestore was just seen to have it.
 *
 * A document is written with its update time as version, which is that of the trigger's event for
 * the same commit: whichever comes second is a duplicate, and an older one is stale.
 *
 * A document that is gone becomes a tombstone with the time of that look as version. Every commit
 * before it was seen, so it wins over all that was, the trigger's events included, however late they
 * come; a document created anew is committed later and wins over it. Only a live row becomes one:
 * where there is none, nothing has to be undone, and nobody fills the table by naming ids that never
 * were.
 */
export async function ensureDocument(
  { source, store }: Pick<GatewayPorts, 'source' | 'store'>,
  entity: Entity,
  key: DocumentKey,
  { document, readTime }: DocumentReading,
): Promise<Ensured> {
  checkKey(entity, key);
  const version = document?.state.version ?? readTime;
  if (!document) {
    const row = await store.read(entity, key);
    if (!row) return { outcome: 'absent', exists: false, version };
    if (row.deletedAt !== null) return { outcome: 'duplicate', exists: false, version };
  }
  const operation = entity.eventType(document ? 'create' : 'delete');
  const change: MirrorChange = {
    entity,
    key,
    sourceVersion: version,
    columns: document ? projectFields(entity, document.state.fields) : null,
    eventId: `${operation}:${source.name}:gateway:${entropy(entity.path.format(key), version)}`,
    syncSource: 'gateway',
    retryCount: 0,
  };
  const [outcome] = (await store.apply([change])) as [Outcome];
  return { outcome, exists: document !== undefined, version };
}

const ENTROPY_LENGTH = 12;

/** Makes the ids of events of different documents and versions different. */
function entropy(path: string, version: SourceVersion): string {
  return createHash('sha256')
    .update(`${path}\n${version.toString()}`)
    .digest('hex')
    .slice(0, ENTROPY_LENGTH);
}
