import { decodeDocument, projectDocument, type Columns, type TypedEvent } from '@ayna/contract';
import type { ChangeFrame } from '@ayna/contract/realtime';
import { membersOf } from '../membership/members-of.ts';

/** A change as the log keeps it. */
export interface LogEvent {
  /** The path of the document. */
  readonly path: string;
  /** Decimal. */
  readonly version: string;
  readonly deleted: boolean;
  /** What is kept in order. */
  readonly stream: string;
  readonly conversationId: string | null;
  /** Of a conversation: who takes part in it from this change on; empty when it is gone. */
  readonly members: readonly string[] | null;
  /** Of a follow edge: who owns it. */
  readonly owner: string | null;
  /** The `change` frame without its opening brace, cursor and lateness: see `changeFrame`. */
  readonly frame: string;
}

/** @defaultValue 65,536 bytes of JSON; what is larger is read through the gateway */
export const DEFAULT_MAX_CHANGE_BYTES = 65_536;

/**
 * The change of an event; undefined when nobody is told of such documents.
 *
 * Who is told: of a conversation and its messages, those who take part in it; of a follow edge, the
 * user who owns it. The target of an edge is not told: an edge may be a block or a mute. A document
 * type of yours is pushed when its key names a `conversationId`, or is told here.
 *
 * @throws AynaError `ContractViolation` when the document cannot be mirrored
 */
export function logEvent(
  { entity, operation, event }: TypedEvent,
  maxChangeBytes: number = DEFAULT_MAX_CHANGE_BYTES,
): LogEvent | undefined {
  const { key, sourceVersion, document, claimCheck } = event.data;
  const { conversationId, userId } = key;
  const owner = entity.name === 'follow.edge' ? (userId ?? null) : null;
  if (conversationId === undefined && owner === null) return undefined;
  const deleted = operation === 'delete';
  const isConversation = entity.name === 'dm.conversation';
  const columns = document === null ? null : projectDocument(entity, document);
  const frameOf = (told: Columns | null, omitted: boolean): string => {
    const body = {
      entity: entity.name,
      operation,
      key,
      version: sourceVersion.toString(),
      columns: told,
      omitted,
    } satisfies Omit<ChangeFrame, 'type' | 'cursor' | 'late'>;
    return JSON.stringify(body).slice(1);
  };
  const whole = frameOf(columns, claimCheck);
  return {
    path: event.subject,
    version: sourceVersion.toString(),
    deleted,
    stream:
      conversationId === undefined ? `follows/${owner ?? ''}` : `conversations/${conversationId}`,
    conversationId: conversationId ?? null,
    members: isConversation ? membersOf(document === null ? {} : decodeDocument(document)) : null,
    owner,
    frame: Buffer.byteLength(whole) <= maxChangeBytes ? whole : frameOf(null, true),
  };
}

/** The text of a change frame. */
export function changeFrame(frame: string, cursor: string, late: boolean): string {
  return `{"type":"change","cursor":"${cursor}","late":${late},${frame}`;
}
