import {
  SourceVersion,
  type DocumentChange,
  type DocumentState,
  type Entity,
} from '@ayna/contract';
import { buildEvent, type Publisher } from '@ayna/publisher';
import type { DocumentSnapshot } from 'firebase-admin/firestore';
import type { CloudFunction } from 'firebase-functions/v2';
import {
  type Change,
  type FirestoreEvent,
  onDocumentWritten,
} from 'firebase-functions/v2/firestore';

/** The event that Firebase hands to a function for a written document. */
export type DocumentWritten = FirestoreEvent<Change<DocumentSnapshot> | undefined>;

/**
 * One Firebase function for each entity, by function name: document written -> event published.
 *
 * Retries are on. A publish that fails is rethrown, so that Eventarc delivers the change again; the
 * event of a change is always the same, so delivering it twice does no harm.
 *
 * @param publisher gives the publisher at each change, or undefined while the mirror is
 * switched off: settings are read when a function runs, not while it is being deployed
 */
export function mirrorFunctions(
  entities: readonly Entity[],
  publisher: () => Promise<Publisher | undefined>,
): Record<string, CloudFunction<DocumentWritten>> {
  return Object.fromEntries(
    entities.map((entity) => [
      entity.functionName,
      onDocumentWritten({ document: entity.path.pattern, retry: true }, async (event) => {
        const change = documentChange(event);
        if (change) await (await publisher())?.publish(buildEvent(entities, change));
      }),
    ]),
  );
}

/** The change in an event; undefined for an event without data, which Firestore does not send. */
function documentChange(event: DocumentWritten): DocumentChange | undefined {
  if (!event.data) return undefined;
  const { before, after } = event.data;
  return {
    path: event.document,
    before: stateOf(before),
    after: stateOf(after),
    deletedAt: SourceVersion.fromIso(event.time),
    originId: event.id,
    source: event.source,
  };
}

function stateOf(snapshot: DocumentSnapshot): DocumentState | undefined {
  const fields = snapshot.data();
  const { updateTime } = snapshot;
  if (!snapshot.exists || !fields || !updateTime) return undefined;
  return {
    fields,
    version: SourceVersion.fromTimestamp(updateTime.seconds, updateTime.nanoseconds),
  };
}
