import { compareIds } from '../values/compare.ts';
import type { DocumentEntry } from './document.ts';

/**
 * The documents of one collection in id order. New ids are gathered unsorted and merged in when
 * somebody next reads in order, so that a commit never pays for the size of the collection.
 */
export class Collection {
  readonly path: string;
  readonly id: string;
  #sorted: DocumentEntry[] = [];
  #unsorted: DocumentEntry[] = [];
  #removed = 0;

  constructor(path: string, id: string) {
    this.path = path;
    this.id = id;
  }

  get size(): number {
    return this.#sorted.length + this.#unsorted.length - this.#removed;
  }

  add(entry: DocumentEntry): void {
    const last = this.#sorted.at(-1);
    if (this.#unsorted.length === 0 && (last === undefined || compareIds(last.id, entry.id) < 0)) {
      this.#sorted.push(entry);
    } else {
      this.#unsorted.push(entry);
    }
  }

  /** Marks the entry as gone; the caller has dropped it from the database. */
  remove(entry: DocumentEntry): void {
    entry.removed = true;
    this.#removed++;
  }

  /** Every entry by id. The array is the collection's own: valid until the next change to it. */
  inOrder(): readonly DocumentEntry[] {
    if (this.#removed > 0) {
      this.#sorted = this.#sorted.filter((entry) => !entry.removed);
      this.#unsorted = this.#unsorted.filter((entry) => !entry.removed);
      this.#removed = 0;
    }
    if (this.#unsorted.length > 0) {
      this.#unsorted.sort((a, b) => compareIds(a.id, b.id));
      this.#sorted = merge(this.#sorted, this.#unsorted);
      this.#unsorted = [];
    }
    return this.#sorted;
  }
}

function merge(left: DocumentEntry[], right: DocumentEntry[]): DocumentEntry[] {
  const merged: DocumentEntry[] = [];
  let l = 0;
  let r = 0;
  for (;;) {
    const a = left[l];
    const b = right[r];
    if (a === undefined && b === undefined) return merged;
    if (b === undefined || (a !== undefined && compareIds(a.id, b.id) < 0)) {
      if (a !== undefined) merged.push(a);
      l++;
    } else {
      merged.push(b);
      r++;
    }
  }
}
