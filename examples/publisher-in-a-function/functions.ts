import { entities, SourceVersion, type DocumentState } from '@ayna/contract';
import { buildEvent, createPublisher, type Publisher } from '@ayna/publisher';
import { connectServiceBus, DEFAULT_TOPIC } from '@ayna/service-bus';
import type { DocumentSnapshot } from 'firebase-admin/firestore';
import { onDocumentWritten } from 'firebase-functions/v2/firestore';

let opened: Publisher | undefined;

/** Connected by the first change, and kept for those that come after it. */
function publisher(): Publisher {
  const connectionString = process.env.SERVICEBUS_CONNECTION_STRING ?? '';
  const endpoint = { kind: 'connectionString', connectionString } as const;
  return (opened ??= createPublisher(connectServiceBus(endpoint), DEFAULT_TOPIC));
}

/** A function that was yours before, and now also tells the mirror. */
export const onMessageWritten = onDocumentWritten(
  // A rejected publish is thrown, so that the change is delivered again.
  { document: 'conversations/{conversationId}/messages/{messageId}', retry: true },
  async (event) => {
    if (!event.data) return;
    await publisher().publish(
      buildEvent(entities, {
        path: event.document,
        before: stateOf(event.data.before),
        after: stateOf(event.data.after),
        deletedAt: SourceVersion.fromIso(event.time),
        originId: event.id,
        source: event.source,
      }),
    );
  },
);

function stateOf(snapshot: DocumentSnapshot): DocumentState | undefined {
  const fields = snapshot.data();
  const { updateTime } = snapshot;
  if (!fields || !updateTime) return undefined;
  const version = SourceVersion.fromTimestamp(updateTime.seconds, updateTime.nanoseconds);
  return { fields, version };
}
