import { isDeepStrictEqual } from 'node:util';
import { AynaError, checkKey, projectFields, type Columns, type Entity } from '@ayna/contract';
import type { SourceDocument } from '@ayna/firestore';
import type { MirrorRow } from '@ayna/sql-gateway';
import { isDocumentKey } from './document-key.ts';
import type { Sighting } from './sighting.ts';

/**
 * How a row can be wrong:
 *
 * - `missingInSql`: a document without a live row.
 * - `missingInFirestore`: a live row without a document.
 * - `stale`: the row is of an older version than the document.
 * - `different`: the row has the version of the document, but not its columns; or its version is
 *   ahead of the document's, which no event can bring about.
 */
export const differenceKinds = [
  'missingInSql',
  'missingInFirestore',
  'stale',
  'different',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

/** What is wrong at one key. */
export interface Verdict {
  readonly kind: DifferenceKind;
  /** The columns at fault of a `different` row, in the order of the entity; `sourceVersion` first. */
  readonly fields: readonly string[];
  /** Why publishing again cannot mend it; undefined when it can. */
  readonly unrepairable: string | undefined;
}

/** Judges what both sides have at one key; undefined when they are in step. */
export function judge(
  entity: Entity,
  { key, document, row }: Pick<Sighting, 'key' | 'document' | 'row'>,
): Verdict | undefined {
  const liveRow = row?.deletedAt === null ? row : undefined;
  if (!document) {
    if (!liveRow) return undefined;
    const unrepairable = isDocumentKey(entity, key)
      ? undefined
      : 'no document can have such a key: delete the row by hand';
    return { kind: 'missingInFirestore', fields: [], unrepairable };
  }
  const order = liveRow?.sourceVersion.compare(document.state.version) ?? 0;
  const projected = projectionOf(entity, document);
  const unrepairable = projected.refusal && `${projected.refusal}: correct the document`;
  if (!liveRow) return { kind: 'missingInSql', fields: [], unrepairable };
  if (order < 0) return { kind: 'stale', fields: [], unrepairable };
  const columns = projected.columns ? differingFields(entity, liveRow, projected.columns) : [];
  const fields = order > 0 ? ['sourceVersion', ...columns] : columns;
  if (fields.length === 0 && unrepairable === undefined) return undefined;
  return { kind: 'different', fields, unrepairable };
}

type Projection =
  | { readonly columns: Columns; readonly refusal: undefined }
  | { readonly columns: undefined; readonly refusal: string };

/** What the row must hold, or why there can be none. */
function projectionOf(entity: Entity, { key, state }: SourceDocument): Projection {
  try {
    checkKey(entity, key);
    return { columns: projectFields(entity, state.fields), refusal: undefined };
  } catch (error) {
    if (error instanceof AynaError && error.code === 'ContractViolation') {
      return { columns: undefined, refusal: error.message };
    }
    throw error;
  }
}

function differingFields(entity: Entity, row: MirrorRow, columns: Columns): string[] {
  return Object.keys(entity.fields).filter((name) => {
    const held = row.columns?.[name];
    return held !== columns[name] && !isDeepStrictEqual(held, columns[name]);
  });
}
