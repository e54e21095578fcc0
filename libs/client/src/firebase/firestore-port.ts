import type { CanonicalJson, Entity } from '@ayna/contract';
import { dmMessage, followEdge, projectFields } from '@ayna/contract/projection';
import {
  collection,
  doc,
  getDocsFromServer,
  limit,
  onSnapshot,
  orderBy,
  query,
  serverTimestamp,
  Timestamp,
  writeBatch,
  type DocumentSnapshot,
  type Firestore,
  type Query,
} from 'firebase/firestore';
import {
  SERVER_TIME,
  type DocumentsQuery,
  type FirestorePort,
  type ProjectedDocument,
  type WrittenFields,
  type WrittenValue,
} from '../ports/firestore-port.ts';

const entities = { 'dm.message': dmMessage, 'follow.edge': followEdge };

/** Firestore by Firebase's web SDK, which also runs in React Native. */
export function firestorePort(firestore: Firestore): FirestorePort {
  const queryOf = (wanted: DocumentsQuery): Query =>
    query(
      collection(firestore, wanted.collection),
      orderBy('createdAt', 'desc'),
      limit(wanted.limit),
    );
  return {
    commit: async (writes) => {
      const batch = writeBatch(firestore);
      for (const write of writes) {
        const reference = doc(firestore, write.path);
        if (write.kind === 'delete') batch.delete(reference);
        else if (write.kind === 'set') batch.set(reference, valuesOf(write.fields));
        else batch.update(reference, valuesOf(write.fields));
      }
      await batch.commit();
    },
    newId: () => doc(collection(firestore, 'any')).id,
    read: async (wanted) => {
      const { docs } = await getDocsFromServer(queryOf(wanted));
      return docs.map((snapshot) => project(wanted, snapshot));
    },
    listen: (wanted, onDocuments, onError) =>
      onSnapshot(
        queryOf(wanted),
        { includeMetadataChanges: true },
        ({ docs }) => onDocuments(docs.map((snapshot) => project(wanted, snapshot))),
        onError,
      ),
  };
}

function project({ entity }: DocumentsQuery, snapshot: DocumentSnapshot): ProjectedDocument {
  const definition = entities[entity];
  const key = definition.path.match(snapshot.ref.path) ?? {};
  const fields = snapshot.data({ serverTimestamps: 'estimate' }) ?? {};
  const pending = snapshot.metadata.hasPendingWrites;
  try {
    return { key, columns: projectFields(definition, fields), pending, mirrorable: true };
  } catch {
    // One field that does not fit does not hide the others.
    const columns = Object.keys(definition.fields).map((name) => {
      const value: unknown = fields[name];
      return [name, projectField(definition, name, value)] as const;
    });
    return { key, columns: Object.fromEntries(columns), pending, mirrorable: false };
  }
}

function projectField(entity: Entity, name: string, value: unknown): CanonicalJson {
  try {
    return projectFields(entity, { [name]: value })[name] ?? null;
  } catch {
    return null;
  }
}

function valuesOf(fields: WrittenFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueOf(value)]));
}

function valueOf(value: WrittenValue): unknown {
  if (value === SERVER_TIME) return serverTimestamp();
  return value instanceof Date ? Timestamp.fromDate(value) : value;
}
