import { compileQuery, type CompiledQuery } from '../query/compile.ts';
import { inScope, matchesQuery, runQuery } from '../query/run.ts';
import type { StructuredQuery } from '../query/structured-query.ts';
import { invalidArgument } from '../status.ts';
import type { Database } from '../store/database.ts';
import type { LiveVersion } from '../store/document.ts';
import { parseParentName } from '../store/names.ts';
import type { Micros, Timestamp } from '../values/timestamp.ts';
import { pathIn } from '../grpc/writes.ts';

/** `google.firestore.v1.Target` off the wire. */
export interface WireTarget {
  readonly targetType?: 'query' | 'documents';
  readonly query: {
    readonly parent: string;
    readonly structuredQuery: StructuredQuery | null;
  } | null;
  readonly documents: { readonly documents: readonly string[] } | null;
  readonly resumeType?: 'resumeToken' | 'readTime';
  readonly resumeToken: Uint8Array;
  readonly readTime: Timestamp | null;
  readonly targetId: number;
  readonly once: boolean;
  readonly expectedCount: { readonly value: number } | null;
}

/** The documents a target selects, by path. */
export type Selection = Map<string, LiveVersion>;

/** What a target listens to. */
export interface Selector {
  /** Set for a query; undefined for a list of documents. */
  readonly query: CompiledQuery | undefined;
  /** The documents selected now, or at a time past. */
  select(at?: Micros): Selection;
  /** Whether a change to the document at `path` could alter the selection. */
  covers(path: string): boolean;
  /** The selection after changes to `paths`; `selection` itself may be changed and returned. */
  update(selection: Selection, paths: Iterable<string>): Selection;
}

/** @throws FirestoreError INVALID_ARGUMENT for a target that cannot be listened to. */
export function toSelector(database: Database, target: WireTarget): Selector {
  if (target.targetType === 'query' && target.query?.structuredQuery) {
    const { parent, structuredQuery } = target.query;
    return querySelector(database, compileQuery(parseParentName(parent).path, structuredQuery));
  }
  if (target.targetType === 'documents' && target.documents !== null) {
    const paths = target.documents.documents.map((name) => pathIn(database.name, name));
    return documentsSelector(database, new Set(paths));
  }
  throw invalidArgument('A target needs a query or documents.');
}

function documentsSelector(database: Database, wanted: ReadonlySet<string>): Selector {
  const select = (at?: Micros) => {
    const selection: Selection = new Map();
    for (const path of wanted) put(selection, path, database.read(path, at));
    return selection;
  };
  return {
    query: undefined,
    select,
    covers: (path) => wanted.has(path),
    update: () => select(),
  };
}

function querySelector(database: Database, query: CompiledQuery): Selector {
  const root = `${database.name}/documents/`;
  const select = (at?: Micros) =>
    new Map(
      runQuery(database, query, at).documents.map(({ path, version }): [string, LiveVersion] => [
        path,
        version,
      ]),
    );
  const isWindow = query.limit !== undefined || query.offset > 0;
  return {
    query,
    select,
    covers: (path) => inScope(query.scope, path),
    update: (selection, paths) => {
      if (isWindow) return select();
      for (const path of paths) {
        const version = database.read(path);
        const matches = version !== undefined && matchesQuery(query, { root, path, version });
        put(selection, path, matches ? version : undefined);
      }
      return selection;
    },
  };
}

function put(selection: Selection, path: string, version: LiveVersion | undefined): void {
  if (version === undefined) selection.delete(path);
  else selection.set(path, version);
}
