import type { Micros } from '../values/timestamp.ts';
import type { Fields } from '../values/value.ts';

/** One state of a document, from `time` until the next version. `fields` is undefined once deleted. */
export interface Version {
  readonly fields: Fields | undefined;
  readonly createTime: Micros;
  /** The commit that made this version: the document's update time while it exists. */
  readonly time: Micros;
  /** The version before, as long as a read could still ask for it. */
  previous: Version | undefined;
}

/** A version in which the document exists. */
export interface LiveVersion extends Version {
  readonly fields: Fields;
}

/** A path that has, or lately had, a document. */
export interface DocumentEntry {
  readonly path: string;
  readonly id: string;
  current: Version;
  /** Set when the entry has left the database; collections drop it on their next ordered read. */
  removed: boolean;
}

/** What one commit did to one document; `before` or `after` is undefined where it did not exist. */
export interface DocumentChange {
  readonly path: string;
  readonly before: LiveVersion | undefined;
  readonly after: LiveVersion | undefined;
  readonly commitTime: Micros;
}

/** The document as it is now, or as it was at `readTime`; undefined where it does not exist. */
export function liveVersion(entry: DocumentEntry, readTime?: Micros): LiveVersion | undefined {
  let version: Version | undefined = entry.current;
  if (readTime !== undefined) {
    while (version !== undefined && version.time > readTime) version = version.previous;
  }
  return version !== undefined && isLive(version) ? version : undefined;
}

function isLive(version: Version): version is LiveVersion {
  return version.fields !== undefined;
}
