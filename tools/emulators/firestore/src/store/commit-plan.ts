import { Code, failedPrecondition, FirestoreError, invalidArgument } from '../status.ts';
import { deleteField, getField, setField } from '../values/field-path.ts';
import { identicalFields } from '../values/identical.ts';
import type { Micros } from '../values/timestamp.ts';
import type { Fields, Value } from '../values/value.ts';
import type { DocumentChange, LiveVersion } from './document.ts';
import { applyTransforms } from './transforms.ts';
import { validateDocument } from './validate-document.ts';
import type { Write } from './write.ts';

const MAX_TRANSFORMS_PER_DOCUMENT = 500;

/** What a write came to: the document's update time after the commit, unset for a delete. */
export interface WriteResult {
  readonly updateTime: Micros | undefined;
  readonly transformResults: readonly Value[];
}

/** What a commit would do, worked out without doing it. */
export interface CommitPlan {
  readonly commitTime: Micros;
  readonly changes: readonly DocumentChange[];
  readonly results: readonly WriteResult[];
}

/** A document on its way through the writes of one commit. */
interface Draft {
  readonly path: string;
  readonly before: LiveVersion | undefined;
  fields: Fields | undefined;
  createTime: Micros;
  recreated: boolean;
  transforms: number;
}

/**
 * Applies the writes in order to drafts of their documents. A document that ends as it began is no
 * change and keeps its update time.
 * Source: WriteResult.update_time in google/firestore/v1/write.proto.
 * @throws FirestoreError when a precondition fails or a document would not be valid.
 */
export function planCommit(
  databaseName: string,
  read: (path: string) => LiveVersion | undefined,
  writes: readonly Write[],
  commitTime: Micros,
): CommitPlan {
  const drafts = new Map<string, Draft>();
  const transformResults = writes.map((write) => {
    let draft = drafts.get(write.path);
    if (draft === undefined) {
      draft = startDraft(write.path, read(write.path), commitTime);
      drafts.set(write.path, draft);
    }
    return applyWrite(`${databaseName}/documents/${write.path}`, draft, write, commitTime);
  });
  const changes: DocumentChange[] = [];
  const updateTimes = new Map<string, Micros>();
  for (const draft of drafts.values()) {
    const change = toChange(draft, commitTime);
    if (change !== undefined) changes.push(change);
    const after = change === undefined ? draft.before : change.after;
    if (after !== undefined) updateTimes.set(draft.path, after.time);
  }
  const results = writes.map((write, i) => ({
    updateTime: write.kind === 'delete' ? undefined : updateTimes.get(write.path),
    transformResults: transformResults[i] ?? [],
  }));
  return { commitTime, changes, results };
}

function startDraft(path: string, before: LiveVersion | undefined, commitTime: Micros): Draft {
  return {
    path,
    before,
    fields: before?.fields,
    createTime: before?.createTime ?? commitTime,
    recreated: false,
    transforms: 0,
  };
}

function applyWrite(name: string, draft: Draft, write: Write, commitTime: Micros): Value[] {
  checkPrecondition(name, draft, write);
  if (write.kind === 'verify') return [];
  if (write.kind === 'delete') {
    draft.fields = undefined;
    return [];
  }
  if (draft.fields === undefined && draft.before !== undefined) {
    draft.recreated = true;
    draft.createTime = commitTime;
  }
  draft.transforms += write.transforms.length;
  if (draft.transforms > MAX_TRANSFORMS_PER_DOCUMENT) {
    throw invalidArgument(
      `Cannot apply more than ${MAX_TRANSFORMS_PER_DOCUMENT} field transforms to document "${name}" in one commit.`,
    );
  }
  const fields = merged(draft.fields, write);
  const results = applyTransforms(fields, write.transforms, commitTime);
  validateDocument(name, draft.path, fields);
  draft.fields = fields;
  return results;
}

function merged(stored: Fields | undefined, write: Write & { kind: 'update' }): Fields {
  if (write.mask === undefined) {
    return write.transforms.length === 0 ? write.fields : new Map(write.fields);
  }
  const fields: Fields = new Map(stored);
  for (const path of write.mask) {
    const value = getField(write.fields, path);
    if (value === undefined) deleteField(fields, path);
    else setField(fields, path, value);
  }
  return fields;
}

function checkPrecondition(name: string, draft: Draft, write: Write): void {
  const { exists, updateTime } = write.precondition;
  const present = draft.fields !== undefined;
  if (exists === true && !present) {
    throw new FirestoreError(Code.NOT_FOUND, `No document to update: ${name}`);
  }
  if (exists === false && present) {
    throw new FirestoreError(Code.ALREADY_EXISTS, `Document already exists: ${name}`);
  }
  if (updateTime === undefined) return;
  const required = updateTime.toMicros();
  const stored = present ? (draft.before?.time ?? 0) : 0;
  if (stored !== required || updateTime.nanos % 1000 !== 0) {
    throw failedPrecondition(
      `The stored version (${stored}) does not match the required base version (${required}).`,
    );
  }
}

function toChange(draft: Draft, commitTime: Micros): DocumentChange | undefined {
  const { path, before, fields } = draft;
  if (fields === undefined) {
    return before === undefined ? undefined : { path, before, after: undefined, commitTime };
  }
  if (before !== undefined && !draft.recreated && identicalFields(before.fields, fields)) {
    return undefined;
  }
  const after = { fields, createTime: draft.createTime, time: commitTime, previous: undefined };
  return { path, before, after, commitTime };
}
