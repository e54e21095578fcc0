import type { Entity, SourceVersion } from '@ayna/contract';
import type { DocumentReading, DocumentSource } from '@ayna/firestore';
import type { MirrorRow, MirrorStore } from '@ayna/sql-gateway';
import { isDocumentKey, type MirrorKey } from './document-key.ts';
import type { Finding } from './difference.ts';
import { judge, type Verdict } from './verdict.ts';

/**
 * What the mirror has owed since it was last looked at: to come at least to a version of the
 * document, or to drop a row whose document was gone. A mirror that still owes it after the pause
 * is wrong; one that has paid, but owes something newer by now, is only busy.
 */
export type Debt =
  | { readonly kind: 'version'; readonly atLeast: SourceVersion }
  | { readonly kind: 'deletion'; readonly of: SourceVersion };

/** What a second look at one key showed. */
export type SecondLook =
  | { readonly kind: 'inStep' }
  | { readonly kind: 'busy'; readonly debt: Debt }
  | { readonly kind: 'wrong'; readonly finding: Finding };

/** A key to look at again. */
export interface Suspect {
  readonly key: MirrorKey;
  readonly debt: Debt | undefined;
}

/**
 * Reads both sides of keys again, first the rows and then the documents: so a row that is ahead of
 * its document can only be wrong.
 */
export async function lookAgain(
  entity: Entity,
  source: DocumentSource,
  store: MirrorStore,
  suspects: readonly Suspect[],
): Promise<SecondLook[]> {
  const rows = await store.readMany(
    entity,
    suspects.map(({ key }) => key),
  );
  const askable = suspects.filter(({ key }) => isDocumentKey(entity, key));
  const readings = await source.readMany(
    entity,
    askable.map(({ key }) => key),
  );
  const readingOf = new Map(askable.map((suspect, at) => [suspect, readings[at]]));
  return suspects.map((suspect, at) =>
    secondLook(entity, suspect, rows[at], readingOf.get(suspect)),
  );
}

function secondLook(
  entity: Entity,
  { key, debt }: Suspect,
  row: MirrorRow | undefined,
  reading: DocumentReading | undefined,
): SecondLook {
  const document = reading?.document;
  const verdict = judge(entity, { key, document, row });
  if (!verdict) return { kind: 'inStep' };
  const owed = debtOf(document?.state.version, row);
  if (owed && !isOverdue(debt, owed, row)) return { kind: 'busy', debt: owed };
  return {
    kind: 'wrong',
    finding: {
      difference: {
        entity: entity.name,
        ...differenceOf(verdict),
        key,
        path: entity.path.format(key),
        documentVersion: document?.state.version ?? null,
        rowVersion: row?.sourceVersion ?? null,
      },
      entity,
      document: document?.state,
      readTime: reading?.readTime,
    },
  };
}

function differenceOf({
  kind,
  fields,
  unrepairable,
}: Verdict): Pick<Finding['difference'], 'kind' | 'fields' | 'unrepairable'> {
  return { kind, fields, unrepairable: unrepairable ?? null };
}

/** What may still be on its way; undefined when nothing on its way could put the row right. */
export function debtOf(
  document: SourceVersion | undefined,
  row: MirrorRow | undefined,
): Debt | undefined {
  if (!document) return row && { kind: 'deletion', of: row.sourceVersion };
  const isBehind = !row || row.sourceVersion.compare(document) < 0;
  return isBehind ? { kind: 'version', atLeast: document } : undefined;
}

/** True when the debt of the last look is not paid. */
function isOverdue(debt: Debt | undefined, owed: Debt, row: MirrorRow | undefined): boolean {
  if (debt?.kind === 'deletion') {
    return owed.kind === 'deletion' && owed.of.compare(debt.of) === 0;
  }
  return debt !== undefined && (!row || row.sourceVersion.compare(debt.atLeast) < 0);
}
