import type { SourceVersion, TypedEvent } from '@ayna/contract';

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
export async function redeemClaimCheck(
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
