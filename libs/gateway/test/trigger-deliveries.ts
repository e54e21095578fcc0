import {
  dmConversation,
  dmMessage,
  entities,
  followEdge,
  locateDocument,
  projectFields,
  SourceVersion,
  type MirrorChange,
} from '@ayna/contract';
import type { FirestoreEmulator } from '@ayna/emulator-firestore';
import type { DocumentSnapshot, WriteResult } from 'firebase-admin/firestore';
import { onDocumentWritten } from 'firebase-functions/v2/firestore';

/** The trigger's events, kept until somebody delivers them. */
export interface TriggerDeliveries {
  /** What the trigger's event says of a write; resolves once Firestore has sent it. */
  eventOf(path: string, write: WriteResult): Promise<MirrorChange>;
}

/** Registers a function for each entity that keeps what it is told. */
export function keepTriggerEvents({ functions }: FirestoreEmulator): TriggerDeliveries {
  const events = new Map<string, PromiseWithResolvers<MirrorChange>>();
  const eventAt = (path: string, version: SourceVersion) => {
    const key = `${path} ${version.toString()}`;
    const known = events.get(key) ?? Promise.withResolvers<MirrorChange>();
    events.set(key, known);
    return known;
  };
  for (const entity of [dmConversation, dmMessage, followEdge]) {
    const keep = onDocumentWritten({ document: entity.path.pattern, retry: true }, (event) => {
      if (!event.data) return;
      const { before, after } = event.data as {
        before: DocumentSnapshot;
        after: DocumentSnapshot;
      };
      const time = SourceVersion.fromIso(event.time);
      const version = versionOf(after) ?? later(time, versionOf(before)?.next());
      const key = locateDocument(entities, event.document)?.key ?? {};
      const fields = after.data();
      eventAt(event.document, time).resolve({
        entity,
        key,
        sourceVersion: version,
        columns: fields ? projectFields(entity, fields) : null,
        eventId: event.id,
        syncSource: 'trigger',
        retryCount: 0,
      });
    });
    functions.register(keep, { name: entity.functionName });
  }
  return {
    eventOf: (path, { writeTime: { seconds, nanoseconds } }) =>
      eventAt(path, SourceVersion.fromTimestamp(seconds, nanoseconds)).promise,
  };
}

function versionOf({ updateTime }: DocumentSnapshot): SourceVersion | undefined {
  return updateTime && SourceVersion.fromTimestamp(updateTime.seconds, updateTime.nanoseconds);
}

/** A deletion is never older than what it deleted, however coarse the clock of events is. */
function later(time: SourceVersion, floor: SourceVersion | undefined): SourceVersion {
  return floor && time.compare(floor) < 0 ? floor : time;
}
