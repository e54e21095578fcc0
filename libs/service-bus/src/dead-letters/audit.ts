import { open } from 'node:fs/promises';
import { AynaError } from '@ayna/contract';
import type { DeadLetter } from './dead-letter.ts';

/** What was done with one dead letter, by whom and when. One line of JSON in the audit file. */
export interface AuditRecord {
  /** RFC 3339. */
  readonly at: string;
  /** `user@host`, or what the operator called himself. */
  readonly by: string;
  readonly action: 'replay' | 'discard';
  readonly topic: string;
  readonly subscription: string;
  /** Decimal: it may be larger than a JSON number can say. */
  readonly sequenceNumber: string;
  readonly eventId: string | null;
  readonly type: string | null;
  readonly path: string | null;
  readonly reason: string;
  readonly description: string;
  readonly messageId: string | null;
  /** The message id of the replay; null for a discard. */
  readonly newMessageId: string | null;
  /** The attempt of the replay, or the last one of what was discarded. */
  readonly attempt: number;
  readonly enqueuedAt: string;
  /** Only of a discard, so that nothing is lost for good. */
  readonly message?: DiscardedMessage;
}

/** A discarded message as it was: JSON as text, other bytes in Base64. */
export interface DiscardedMessage {
  readonly contentType: string | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly body:
    { readonly json: string } | { readonly base64: string } | { readonly amqp: unknown };
}

/**
 * Keeps audit records. It resolves once they will survive a crash; a dead letter is completed only
 * after that. A run that was killed in between writes the record of a letter again when it is
 * resumed: same `sequenceNumber`, same `newMessageId`.
 */
export type WriteAudit = (records: readonly AuditRecord[]) => Promise<void>;

/** An audit file, open. */
export interface AuditFile {
  readonly write: WriteAudit;
  close(): Promise<void>;
}

/**
 * Opens a file of JSON lines to append audit records to, and creates it when it is not there. Each
 * call of `write` is one append, synced to the disk, so several operators may share a file.
 *
 * @throws AynaError `InputInvalid` when the file cannot be opened or written
 */
export async function openAuditFile(path: string): Promise<AuditFile> {
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new AynaError('InputInvalid', `the audit file "${path}" cannot be written: ${detail}`, {
        cause,
      });
    }
  };
  const file = await attempt(() => open(path, 'a+'));
  // A run that was killed may have left half a line.
  let prefix = (await attempt(() => endsInHalfLine(file))) ? '\n' : '';
  return {
    write: (records) =>
      attempt(async () => {
        const lines = records.map((record) => `${JSON.stringify(record, plainValue)}\n`);
        await file.appendFile(prefix + lines.join(''));
        prefix = '';
        await file.datasync();
      }),
    close: () => file.close(),
  };
}

/** The audit record of what is about to be completed. */
export function auditRecord(
  letter: DeadLetter,
  done: Pick<
    AuditRecord,
    'by' | 'action' | 'topic' | 'subscription' | 'newMessageId' | 'attempt' | 'message'
  >,
): AuditRecord {
  return {
    at: new Date().toISOString(),
    sequenceNumber: letter.sequenceNumber.toString(),
    eventId: letter.eventId ?? null,
    type: letter.eventType ?? null,
    path: letter.path ?? null,
    reason: letter.reason,
    description: letter.description,
    messageId: letter.messageId ?? null,
    enqueuedAt: letter.enqueuedAt.toISOString(),
    ...done,
  };
}

/** A message as a discard's record keeps it. */
export function discardedMessage({ body, properties, message }: DeadLetter): DiscardedMessage {
  return {
    contentType: message.contentType ?? null,
    properties,
    body:
      body.kind === 'json'
        ? { json: body.text }
        : body.kind === 'bytes'
          ? { base64: body.bytes.toString('base64') }
          : { amqp: body.value },
  };
}

async function endsInHalfLine(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}

/** AMQP knows integers that JSON does not. */
function plainValue(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
