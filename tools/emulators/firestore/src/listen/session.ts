import { projected } from '../grpc/handlers/run-query.ts';
import { invalidArgument, toFirestoreError } from '../status.ts';
import type { Database } from '../store/database.ts';
import type { LiveVersion } from '../store/document.ts';
import type { Store } from '../store/store.ts';
import { toDocument } from '../grpc/document-codec.ts';
import { Timestamp, type Micros } from '../values/timestamp.ts';
import { toSelector, type Selection, type Selector, type WireTarget } from './target.ts';

/** `google.firestore.v1.ListenRequest` off the wire. */
export interface ListenRequest {
  readonly database: string;
  readonly targetChange?: 'addTarget' | 'removeTarget';
  readonly addTarget: WireTarget | null;
  readonly removeTarget: number;
}

/** One listen stream. */
export interface ListenSession {
  /** @throws FirestoreError for a request that must end the stream. */
  handle(request: ListenRequest): void;
  /** Stops listening. Safe to call twice. */
  close(): void;
}

interface Target {
  readonly id: number;
  readonly selector: Selector;
  selection: Selection;
  readonly changed: Set<string>;
}

const TargetChangeType = { NO_CHANGE: 0, ADD: 1, REMOVE: 2, CURRENT: 3, RESET: 4 } as const;

/**
 * Serves one listen stream. A target goes through: ADD, the documents it selects (or, resumed, what
 * has changed since), CURRENT, and from then on the differences of each commit. Every batch ends in
 * a snapshot for the whole stream: NO_CHANGE without target ids, with a read time and resume token.
 * Source: the comments on ListenResponse and TargetChange in google/firestore/v1/firestore.proto.
 */
export function createListenSession(store: Store, send: (response: object) => void): ListenSession {
  const targets = new Map<number, Target>();
  let database: Database | undefined;
  let unsubscribe: (() => void) | undefined;
  let flushing: NodeJS.Immediate | undefined;

  function open(name: string): Database {
    if (database === undefined) {
      const opened = store.database(name);
      unsubscribe = opened.onChange((changes) => {
        for (const target of targets.values()) {
          for (const { path } of changes) {
            if (target.selector.covers(path)) target.changed.add(path);
          }
          if (target.changed.size > 0) flushing ??= setImmediate(() => flush(opened));
        }
      });
      database = opened;
    } else if (name !== '' && name !== database.name) {
      throw invalidArgument('A stream listens to one database only.');
    }
    return database;
  }

  function flush(from: Database): void {
    flushing = undefined;
    for (const target of targets.values()) {
      if (target.changed.size === 0) continue;
      const before = new Map(target.selection);
      target.selection = target.selector.update(target.selection, target.changed);
      target.changed.clear();
      sendDifference(from, target, before);
    }
    sendSnapshot(from.clock.read());
  }

  function add(from: Database, wire: WireTarget): void {
    const id = wire.targetId;
    const target: Target = {
      id,
      selector: toSelector(from, wire),
      selection: new Map(),
      changed: new Set(),
    };
    const resumeTime = toResumeTime(wire);
    change(TargetChangeType.ADD, id);
    let before: Selection = new Map();
    if (resumeTime !== undefined) {
      if (from.remembers(resumeTime)) before = target.selector.select(resumeTime);
      else change(TargetChangeType.RESET, id);
    }
    target.selection = target.selector.select();
    targets.set(id, target);
    sendDifference(from, target, before);
    if (resumeTime === undefined) sendMissing(from, target, wire);
    const expected = wire.expectedCount?.value;
    if (resumeTime !== undefined && expected !== undefined && expected !== before.size) {
      send({ filter: { targetId: id, count: target.selection.size } });
    }
    const readTime = from.clock.read();
    change(TargetChangeType.CURRENT, id, readTime);
    sendSnapshot(readTime);
    if (wire.once) remove(id);
  }

  function remove(id: number): void {
    targets.delete(id);
    change(TargetChangeType.REMOVE, id);
  }

  function change(targetChangeType: number, id: number, readTime?: Micros): void {
    send({
      targetChange: {
        targetChangeType,
        targetIds: [id],
        ...(readTime !== undefined && snapshotOf(readTime)),
      },
    });
  }

  function sendSnapshot(readTime: Micros): void {
    send({
      targetChange: {
        targetChangeType: TargetChangeType.NO_CHANGE,
        targetIds: [],
        ...snapshotOf(readTime),
      },
    });
  }

  function sendDifference(from: Database, target: Target, before: Selection): void {
    for (const [path, version] of target.selection) {
      if (before.get(path) === version) continue;
      const document = render(from, target, path, version);
      send({ documentChange: { document, targetIds: [target.id] } });
    }
    for (const path of before.keys()) {
      if (!target.selection.has(path)) sendRemoval(from, target, path);
    }
  }

  /** A document listened to by name and not there is reported deleted, so that clients know. */
  function sendMissing(from: Database, target: Target, wire: WireTarget): void {
    if (wire.documents === null) return;
    const prefix = `${from.name}/documents/`;
    for (const name of wire.documents.documents) {
      const path = name.slice(prefix.length);
      if (!target.selection.has(path)) sendRemoval(from, target, path);
    }
  }

  function sendRemoval(from: Database, target: Target, path: string): void {
    const removal = {
      document: `${from.name}/documents/${path}`,
      removedTargetIds: [target.id],
      readTime: Timestamp.fromMicros(from.clock.read()),
    };
    const isDeleted = from.read(path) === undefined;
    send(isDeleted ? { documentDelete: removal } : { documentRemove: removal });
  }

  function close(): void {
    unsubscribe?.();
    if (flushing !== undefined) clearImmediate(flushing);
    targets.clear();
  }

  return {
    handle: (request) => {
      const from = open(request.database);
      if (request.targetChange === 'removeTarget') remove(request.removeTarget);
      if (request.targetChange !== 'addTarget' || request.addTarget === null) return;
      try {
        add(from, request.addTarget);
      } catch (error) {
        const { code, message } = toFirestoreError(error);
        targets.delete(request.addTarget.targetId);
        send({
          targetChange: {
            targetChangeType: TargetChangeType.REMOVE,
            targetIds: [request.addTarget.targetId],
            cause: { code, message },
          },
        });
      }
    },
    close,
  };
}

function render(database: Database, target: Target, path: string, version: LiveVersion): object {
  const root = `${database.name}/documents/`;
  const { query } = target.selector;
  if (query === undefined) return toDocument(root + path, version);
  return projected({ root, path, version }, query);
}

const RESUME_TOKEN_BYTES = 8;

function snapshotOf(readTime: Micros): object {
  const resumeToken = Buffer.alloc(RESUME_TOKEN_BYTES);
  resumeToken.writeBigUInt64BE(BigInt(readTime));
  return { readTime: Timestamp.fromMicros(readTime), resumeToken };
}

function toResumeTime(wire: WireTarget): Micros | undefined {
  if (wire.resumeType === 'readTime') return wire.readTime?.toMicros();
  if (wire.resumeType !== 'resumeToken' || wire.resumeToken.length === 0) return undefined;
  if (wire.resumeToken.length !== RESUME_TOKEN_BYTES) {
    throw invalidArgument('The resume token is invalid.');
  }
  return Number(Buffer.from(wire.resumeToken).readBigUInt64BE());
}
