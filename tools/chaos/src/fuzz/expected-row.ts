import { AynaError, entities, entityOfType, projectDocument, type Columns } from '@ayna/contract';
import { bodyContent, type Draft } from './draft.ts';

/** The row that a message makes, if it makes one. */
export interface ExpectedRow {
  /** The entity and the key, as one text. */
  readonly row: string;
  readonly version: bigint;
  readonly eventId: string;
  /** Null for a tombstone. */
  readonly columns: Columns | null;
}

/** The name of a row: the entity and the key. */
export function rowName(entity: string, key: readonly unknown[]): string {
  return `${entity} ${JSON.stringify(key)}`;
}

/**
 * The row that a message must make if it is applied, read off what stands on the wire. Undefined
 * when there is none that it could make.
 */
export function expectedRow(draft: Draft): ExpectedRow | undefined {
  const attribute = (name: string) =>
    draft.properties[`cloudEvents_${name}`] ?? draft.properties[`cloudEvents:${name}`];
  const typed = entityOfType(entities, String(attribute('type')));
  const data = bodyContent(draft);
  if (!typed || data === null || typeof data !== 'object') return undefined;
  const { entity, operation } = typed;
  const { sourceVersion, document } = data as Record<string, unknown>;
  if (!/^\d{1,19}$/.test(String(sourceVersion))) return undefined;
  try {
    return {
      row: rowName(
        entity.name,
        entity.key.map((name) => (data as Record<string, unknown>)[name]),
      ),
      version: BigInt(String(sourceVersion)),
      eventId: String(attribute('id')),
      columns: operation === 'delete' ? null : projectDocument(entity, String(document)),
    };
  } catch (error) {
    if (error instanceof AynaError) return undefined;
    throw error;
  }
}
