import {
  SourceVersion,
  type DocumentState,
  type Entity,
  type LocatedDocument,
} from '@ayna/contract';
import type {
  DocumentReference,
  DocumentSnapshot,
  Firestore,
  Query,
} from 'firebase-admin/firestore';
import { firestoreFailure } from './firestore-failure.ts';

/** The identity fields of a document, by name. */
export type DocumentKey = LocatedDocument['key'];

/** A document as it stood when it was read. */
export interface SourceDocument {
  readonly key: DocumentKey;
  /** Below the database root. */
  readonly path: string;
  readonly state: DocumentState;
}

/** A part of the key space. */
export interface DocumentRange {
  /** Only documents behind this key. @defaultValue from the first */
  readonly after?: DocumentKey;
  /** Only documents up to this key, itself included. @defaultValue to the last */
  readonly upTo?: DocumentKey;
}

export interface ScanDocumentsOptions extends DocumentRange {
  /** Documents fetched at once. @defaultValue 500 */
  readonly pageSize?: number;
}

/** What a look at one key found. */
export interface DocumentReading {
  /** Undefined when there is no such document. */
  readonly document: SourceDocument | undefined;
  /** The moment whose state was read: every commit up to it is seen, none after it. */
  readonly readTime: SourceVersion;
}

/**
 * Reads the documents of entities.
 *
 * Every method rejects with an `AynaError`: `FirestoreUnavailable` when the same call may succeed
 * later, `FirestoreRejected` when somebody has to act first.
 */
export interface DocumentSource {
  /** What events call it: `//firestore.googleapis.com/projects/P/databases/D`. */
  readonly name: string;

  /**
   * The documents of an entity in the bytewise order of their keys. The next page is fetched while
   * one is being used. Documents written meanwhile may or may not appear.
   */
  scan(entity: Entity, options?: ScanDocumentsOptions): AsyncIterable<SourceDocument>;

  /** Looks at keys, in their order, all at one moment for up to 300 of them. */
  readMany(entity: Entity, keys: readonly DocumentKey[]): Promise<DocumentReading[]>;

  /**
   * How many documents there are, for the price of one read a thousand. Where other paths end in a
   * collection of the same name, their documents are counted too.
   */
  count(entity: Entity): Promise<number>;

  /**
   * Cuts the key space into ranges of about the same number of documents; at most `wanted`, fewer
   * when there are few documents. Together they cover every key once.
   */
  partitions(entity: Entity, wanted: number): Promise<DocumentRange[]>;
}

const DEFAULT_PAGE_SIZE = 500;
/** Documents in one request; Firestore takes more, but an answer should not grow past some MB. */
const READ_AT_ONCE = 300;

/** The documents behind a client; whoever connected it closes it. */
export function openDocumentSource(firestore: Firestore): DocumentSource {
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw firestoreFailure(error, doing);
    }
  };
  const referenceOf = (entity: Entity, key: DocumentKey): DocumentReference =>
    firestore.doc(entity.path.format(key));
  /** Everything that may be a document of the entity, in the order of the paths. */
  const queryOf = (entity: Entity): Query => {
    const segments = entity.path.pattern.split('/');
    const collection = segments.at(-2) ?? '';
    const isTopLevel = segments.length === 2;
    return isTopLevel ? firestore.collection(collection) : firestore.collectionGroup(collection);
  };

  return {
    get name() {
      const { projectId, databaseId } = firestore as unknown as {
        projectId: string;
        databaseId: string;
      };
      return `//firestore.googleapis.com/projects/${projectId}/databases/${databaseId}`;
    },

    async *scan(entity, { after, upTo, pageSize = DEFAULT_PAGE_SIZE } = {}) {
      const ordered = queryOf(entity).orderBy('__name__');
      const bounded = upTo ? ordered.endAt(referenceOf(entity, upTo)) : ordered;
      const fetchPage = (behind: DocumentReference | undefined) => {
        const page = attempt(`reading ${entity.name}`, () =>
          (behind ? bounded.startAfter(behind) : bounded).limit(pageSize).get(),
        );
        // Whoever waits for the page meets the failure; nobody waits when the scan ends early.
        page.catch(() => undefined);
        return page;
      };
      let next = fetchPage(after && referenceOf(entity, after));
      for (;;) {
        const { docs } = await next;
        const last = docs.at(-1);
        const isLastPage = docs.length < pageSize;
        if (last && !isLastPage) next = fetchPage(last.ref);
        for (const snapshot of docs) {
          const document = documentOf(entity, snapshot);
          if (document) yield document;
        }
        if (isLastPage) return;
      }
    },

    async readMany(entity, keys) {
      const readings: DocumentReading[] = [];
      for (let at = 0; at < keys.length; at += READ_AT_ONCE) {
        const references = keys.slice(at, at + READ_AT_ONCE).map((key) => referenceOf(entity, key));
        const snapshots = await attempt(`reading ${references.length} of ${entity.name}`, () =>
          firestore.getAll(...references),
        );
        for (const snapshot of snapshots) {
          const { seconds, nanoseconds } = snapshot.readTime;
          readings.push({
            document: documentOf(entity, snapshot),
            readTime: SourceVersion.fromTimestamp(seconds, nanoseconds),
          });
        }
      }
      return readings;
    },

    async count(entity) {
      const result = await attempt(`counting ${entity.name}`, () => queryOf(entity).count().get());
      // A client that reads integers as bigint counts in bigint too, whatever its types say.
      const counted: unknown = result.data().count;
      return Number(counted);
    },

    async partitions(entity, wanted) {
      const collection = entity.path.pattern.split('/').at(-2) ?? '';
      const bounds: DocumentKey[] = [];
      if (wanted > 1) {
        await attempt(`cutting ${entity.name} into parts`, async () => {
          for await (const part of firestore.collectionGroup(collection).getPartitions(wanted)) {
            const [start] = (part.startAt ?? []) as (DocumentReference | undefined)[];
            const key = start && entity.path.match(start.path);
            if (key) bounds.push(key);
          }
        });
      }
      return [undefined, ...bounds].map((after, index) => {
        const upTo = bounds[index];
        return { ...(after && { after }), ...(upTo && { upTo }) };
      });
    },
  };
}

/** Undefined for what is not there, or lies in another collection of the same name. */
function documentOf(entity: Entity, snapshot: DocumentSnapshot): SourceDocument | undefined {
  const { path } = snapshot.ref;
  const key = entity.path.match(path);
  const fields = snapshot.data();
  const { updateTime } = snapshot;
  if (!key || !fields || !updateTime) return undefined;
  const version = SourceVersion.fromTimestamp(updateTime.seconds, updateTime.nanoseconds);
  return { key, path, state: { fields, version } };
}
