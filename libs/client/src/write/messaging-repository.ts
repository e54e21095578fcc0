import type { CanonicalJson } from '@ayna/contract';
import type { Clock } from '../ports/clock.ts';
import { SERVER_TIME, type FirestorePort, type WrittenFields } from '../ports/firestore-port.ts';
import type { EnsureCall } from '../queue/queued-call.ts';
import type { OwnChange, OwnWrites } from '../read/own-writes.ts';
import type { MessageRow } from '../read/row-kind.ts';
import { messagesOf } from '../read/sql-mirror-message-repository.ts';
import type { DualWriter } from './dual-writer.ts';
import { isoMicros } from './iso-micros.ts';

/** A message to send. */
export interface NewMessage {
  readonly conversationId: string;
  /** @defaultValue a new one; the same id again changes nothing more */
  readonly messageId?: string | undefined;
  readonly body: string;
  /** @defaultValue null */
  readonly media?: CanonicalJson;
}

const PREVIEW_LENGTH = 140;

export interface MessagingRepositoryOptions {
  readonly userId: string;
  readonly firestore: FirestorePort;
  readonly writer: DualWriter;
  readonly ownWrites: OwnWrites<MessageRow>;
  readonly clock: Clock;
  /** This user has written into the list. */
  readonly onOwnWrite: (list: string) => void;
}

/**
 * Writes messages and conversations. Each method resolves when Firestore has committed, which while
 * offline may take long, and rejects when Firestore refuses; lists show the write at once.
 */
export class MessagingRepository {
  readonly #options: MessagingRepositoryOptions;

  constructor(options: MessagingRepositoryOptions) {
    this.#options = options;
  }

  /** Begins a conversation with others. */
  async startConversation(conversationId: string, peerIds: readonly string[]): Promise<void> {
    const { firestore, userId, writer } = this.#options;
    const fields: WrittenFields = {
      ownerId: userId,
      peerIds: [...peerIds],
      updatedAt: SERVER_TIME,
    };
    const path = `conversations/${conversationId}`;
    await writer.write('dm', () => firestore.commit([{ kind: 'set', path, fields }]), [
      ensureConversation(conversationId),
    ]);
  }

  /** Sends a message; its id is known at once. */
  sendMessage(message: NewMessage): { readonly messageId: string; readonly sent: Promise<void> } {
    const { clock, firestore, userId } = this.#options;
    const { conversationId, body, media = null } = message;
    const messageId = message.messageId ?? firestore.newId();
    const now = isoMicros(clock.now());
    const row: MessageRow = {
      ...{ conversationId, messageId, body, media },
      ...{ authorId: userId, createdAt: now, updatedAt: now },
    };
    const fields: WrittenFields = {
      ...{ authorId: userId, body, media },
      ...{ createdAt: SERVER_TIME, updatedAt: SERVER_TIME },
    };
    const preview = {
      lastMessageAt: SERVER_TIME,
      lastMessagePreview: body.slice(0, PREVIEW_LENGTH).toWellFormed(),
      lastMessageAuthorId: userId,
      updatedAt: SERVER_TIME,
    } as const;
    const sent = this.#write(
      { conversationId, messageId },
      { kind: 'set', row },
      ['createdAt', 'updatedAt'],
      () =>
        firestore.commit([
          { kind: 'set', path: pathOf(conversationId, messageId), fields },
          { kind: 'update', path: `conversations/${conversationId}`, fields: preview },
        ]),
      [ensureConversation(conversationId)],
    );
    return { messageId, sent };
  }

  /** Changes the text of a message. */
  async editMessage(conversationId: string, messageId: string, body: string): Promise<void> {
    const { clock, firestore } = this.#options;
    const path = pathOf(conversationId, messageId);
    const fields = { body, updatedAt: SERVER_TIME } as const;
    await this.#write(
      { conversationId, messageId },
      { kind: 'update', fields: { body, updatedAt: isoMicros(clock.now()) } },
      ['updatedAt'],
      () => firestore.commit([{ kind: 'update', path, fields }]),
    );
  }

  /** Takes a message back. */
  async deleteMessage(conversationId: string, messageId: string): Promise<void> {
    const { firestore } = this.#options;
    const path = pathOf(conversationId, messageId);
    await this.#write({ conversationId, messageId }, { kind: 'delete' }, [], () =>
      firestore.commit([{ kind: 'delete', path }]),
    );
  }

  async #write(
    key: { readonly conversationId: string; readonly messageId: string },
    change: OwnChange<MessageRow>,
    guessed: readonly (keyof MessageRow)[],
    toFirestore: () => Promise<void>,
    alsoEnsure: readonly EnsureCall[] = [],
  ): Promise<void> {
    const { ownWrites, writer, onOwnWrite } = this.#options;
    const list = messagesOf(key.conversationId);
    const own = ownWrites.begin(list, key.messageId, change, guessed);
    onOwnWrite(list);
    const call: EnsureCall = { name: 'sqlGatewayEnsureMessage', request: key };
    const committed = async () => {
      try {
        await toFirestore();
      } catch (error) {
        own.refused();
        onOwnWrite(list);
        throw error;
      }
      own.acknowledged();
    };
    await writer.write('dm', committed, [call, ...alsoEnsure]);
  }
}

function pathOf(conversationId: string, messageId: string): string {
  return `${messagesOf(conversationId)}/${messageId}`;
}

function ensureConversation(conversationId: string): EnsureCall {
  return { name: 'sqlGatewayEnsureConversation', request: { conversationId } };
}
