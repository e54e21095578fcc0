import {
  SourceVersion,
  type DocumentChange,
  type DocumentState,
  type Entity,
} from '@ayna/contract';
import type { CloudFunctionOptions } from '@ayna/platform';
import { buildEvent, type Publisher } from '@ayna/publisher';
import type { DocumentSnapshot } from 'firebase-admin/firestore';
import type { CloudFunction } from 'firebase-functions/v2';
import { onDocumentWritten } from 'firebase-functions/v2/firestore';
import type { DocumentWritten } from './document-written.ts';
import { traceTrigger } from './trace-trigger.ts';

/** Told what happens to changes. */
export interface MirrorHooks {
  /** A change could not be published; Eventarc will deliver it again. */
  readonly failed?: (failure: MirrorFailure) => void;
  /** Awaited at the end of each function, before its instance may be put to sleep. Must not reject. */
  readonly done?: () => Promise<void>;
}

interface MirrorFailure {
  readonly error: unknown;
  /** The Firebase function. */
  readonly functionName: string;
  /** The path of the document. */
  readonly path: string;
  /** The id of the change at Firestore. */
  readonly originId: string;
  /** The id of the event; undefined when none could be made. */
  readonly eventId: string | undefined;
}

/**
 * One Firebase function for each entity, by function name: document written -> event published.
 *
 * Retries are on. A publish that fails is rethrown, so that Eventarc delivers the change again; the
 * event of a change is always the same, so delivering it twice does no harm.
 *
 * @param publisher gives the publisher at each change, or undefined while the mirror is
 * switched off: settings are read when a function runs, not while it is being deployed
 * @param options what all of them are deployed with @defaultValue Firebase's defaults
 */
export function mirrorFunctions(
  entities: readonly Entity[],
  publisher: () => Promise<Publisher | undefined>,
  hooks: MirrorHooks = {},
  options: Partial<CloudFunctionOptions> = {},
): Record<string, CloudFunction<DocumentWritten>> {
  return Object.fromEntries(
    entities.map((entity) => [
      entity.functionName,
      onDocumentWritten(
        { ...options, document: entity.path.pattern, retry: true },
        async (event) => {
          const startTime = Date.now();
          const change = documentChange(event);
          const current = change && (await publisher());
          if (!current) return;
          const { functionName } = entity;
          try {
            await traceTrigger(functionName, event, startTime, () =>
              publishChange(current, functionName, change),
            );
          } finally {
            await hooks.done?.();
          }
        },
      ),
    ]),
  );

  async function publishChange(
    current: Publisher,
    functionName: string,
    change: DocumentChange,
  ): Promise<void> {
    let eventId: string | undefined;
    try {
      const mirrorEvent = buildEvent(entities, change);
      eventId = mirrorEvent.id;
      await current.publish(mirrorEvent);
    } catch (error) {
      const { path, originId } = change;
      hooks.failed?.({ error, functionName, path, originId, eventId });
      throw error;
    }
  }
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
