import type { ChangeFrame, RemovedFrame } from '@ayna/contract/realtime';

/** @defaultValue 10,000 of each kind: some 2 MB at most, of ids as long as Firestore's own */
const DEFAULT_REMEMBERED = 10_000;

interface Version {
  readonly version: string;
  readonly deleted: boolean;
}

/** What was delivered: the last so many cursors, and the newest version of the last so many documents. */
export class SeenChanges {
  readonly #places: Recent<true>;
  readonly #versions: Recent<Version>;

  constructor(remembered: number = DEFAULT_REMEMBERED) {
    this.#places = new Recent(remembered);
    this.#versions = new Recent(remembered);
  }

  /** Whether the change at this place was taken before: the frame came twice. */
  isRepeated({ cursor }: ChangeFrame | RemovedFrame): boolean {
    return this.#places.get(cursor) !== undefined;
  }

  /** Whether that version of the document, or a newer one, was taken before. */
  isOutdated(change: ChangeFrame): boolean {
    const before = this.#versions.get(documentOf(change));
    return before !== undefined && !isNewer(versionOf(change), before);
  }

  /** Remembers it. */
  take(frame: ChangeFrame | RemovedFrame): void {
    this.#places.set(frame.cursor, true);
    if (frame.type === 'change' && !this.isOutdated(frame)) {
      this.#versions.set(documentOf(frame), versionOf(frame));
    }
  }
}

function documentOf({ entity, key }: ChangeFrame): string {
  return JSON.stringify([entity, Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function versionOf({ version, operation }: ChangeFrame): Version {
  return { version, deleted: operation === 'delete' };
}

/** Decimal texts without leading zeros: the longer is the larger. A deletion follows its version. */
function isNewer(one: Version, other: Version): boolean {
  if (one.version === other.version) return one.deleted && !other.deleted;
  const { length } = other.version;
  return one.version.length === length ? one.version > other.version : one.version.length > length;
}

/** A map that forgets what was set longest ago. */
class Recent<Value> {
  readonly #items = new Map<string, Value>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Value | undefined {
    return this.#items.get(key);
  }

  set(key: string, value: Value): void {
    this.#items.delete(key);
    this.#items.set(key, value);
    if (this.#items.size <= this.#limit) return;
    const [oldest] = this.#items.keys();
    if (oldest !== undefined) this.#items.delete(oldest);
  }
}
