import { Collection } from './collection.ts';
import type { DocumentEntry } from './document.ts';
import { lastId, parentPath } from './names.ts';

const NONE: ReadonlySet<Collection> = new Set();

/** Finds the collections of a database by path, by id (collection groups) and by parent document. */
export class CollectionIndex {
  readonly #byPath = new Map<string, Collection>();
  readonly #byId = new Map<string, Set<Collection>>();
  readonly #byParent = new Map<string, Set<Collection>>();

  add(entry: DocumentEntry): void {
    const path = parentPath(entry.path);
    let collection = this.#byPath.get(path);
    if (collection === undefined) {
      collection = new Collection(path, lastId(path));
      this.#byPath.set(path, collection);
      insert(this.#byId, collection.id, collection);
      insert(this.#byParent, parentPath(path), collection);
    }
    collection.add(entry);
  }

  remove(entry: DocumentEntry): void {
    const path = parentPath(entry.path);
    const collection = this.#byPath.get(path);
    if (collection === undefined) return;
    collection.remove(entry);
    if (collection.size > 0) return;
    this.#byPath.delete(path);
    withdraw(this.#byId, collection.id, collection);
    withdraw(this.#byParent, parentPath(path), collection);
  }

  at(path: string): Collection | undefined {
    return this.#byPath.get(path);
  }

  /** The collections directly below a document, or below the root for ''. */
  below(documentPath: string): ReadonlySet<Collection> {
    return this.#byParent.get(documentPath) ?? NONE;
  }

  /** All collections anywhere below `ancestor` ('' is the root), of one id if that is given. */
  *descendants(ancestor: string, id?: string): Generator<Collection> {
    const candidates = id === undefined ? this.#byPath.values() : (this.#byId.get(id) ?? NONE);
    const prefix = ancestor === '' ? '' : `${ancestor}/`;
    for (const collection of candidates) {
      if (collection.path.startsWith(prefix)) yield collection;
    }
  }
}

function insert(index: Map<string, Set<Collection>>, key: string, collection: Collection): void {
  const found = index.get(key);
  if (found === undefined) index.set(key, new Set([collection]));
  else found.add(collection);
}

function withdraw(index: Map<string, Set<Collection>>, key: string, collection: Collection): void {
  const found = index.get(key);
  found?.delete(collection);
  if (found?.size === 0) index.delete(key);
}
