import { setTimeout as delay } from 'node:timers/promises';
import { AynaError, type SourceVersion, type TypedEvent } from '@ayna/contract';
import { backoffMs, type BackoffPolicy } from '@ayna/platform';

/** A document as it stands now. */
export interface CurrentDocument {
  /** Canonical JSON. */
  readonly document: string;
  readonly version: SourceVersion;
}

/**
 * Reads the document that a claim check names; undefined when it is gone.
 * Rejects with AynaError `DocumentUnavailable` when it cannot be read now.
 */
export type ReadDocument = (path: string) => Promise<CurrentDocument | undefined>;

/**
 * Redeems the claim check of an event: the event with the document as it stands now and that
 * document's version, which is the event's own or a newer one. Undefined when the document is gone:
 * the event of its deletion follows, and there is nothing to write.
 */
async function redeemClaimCheck(
  typed: TypedEvent,
  read: ReadDocument,
): Promise<TypedEvent | undefined> {
  const current = await read(typed.event.subject);
  if (!current) return undefined;
  const data = {
    ...typed.event.data,
    claimCheck: false,
    document: current.document,
    sourceVersion: current.version,
  };
  return { ...typed, event: { ...typed.event, data } };
}

export interface PatienceOptions {
  /** Without it, nothing can be redeemed here. */
  readonly read: ReadDocument | undefined;
  readonly backoff: BackoffPolicy;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Told before each wait for a document that cannot be read now. */
  readonly onWait: (error: AynaError) => void;
}

/**
 * The same, however long it takes until the document can be read.
 *
 * @throws AynaError `ContractViolation` when there is no way to read documents
 * @throws AbortError when `signal` ends the waiting
 */
export async function redeemPatiently(
  typed: TypedEvent,
  { read, backoff, signal, onWait }: PatienceOptions,
): Promise<TypedEvent | undefined> {
  if (!read) {
    throw new AynaError(
      'ContractViolation',
      `the document "${typed.event.subject}" was too large to travel, and this writer has no access to Firestore to read it`,
    );
  }
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await redeemClaimCheck(typed, read);
    } catch (error) {
      if (!(error instanceof AynaError) || !error.heals) throw error;
      onWait(error);
      await delay(backoffMs(backoff, attempt), undefined, { signal });
    }
  }
}
