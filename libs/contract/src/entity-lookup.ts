import type { Entity, Operation } from './entity.ts';
import { operations } from './entity.ts';

/** A document's entity and key, found by its path. */
export interface LocatedDocument {
  readonly entity: Entity;
  readonly key: Readonly<Record<string, string>>;
}

/** The entity whose path pattern a document path fits, with the key; undefined when there is none. */
export function locateDocument(
  entities: readonly Entity[],
  path: string,
): LocatedDocument | undefined {
  for (const entity of entities) {
    const key = entity.path.match(path);
    if (key) return { entity, key };
  }
  return undefined;
}

/** The entity and operation of an event type; undefined when there is none. */
export function entityOfType(
  entities: readonly Entity[],
  type: string,
): { readonly entity: Entity; readonly operation: Operation } | undefined {
  const dot = type.lastIndexOf('.');
  const operation = operations.find((name) => name === type.slice(dot + 1));
  const entity = entities.find(({ name }) => name === type.slice(0, dot));
  return entity && operation ? { entity, operation } : undefined;
}
