import type { WriteResult } from '../store/commit-plan.ts';
import { parseDocumentName } from '../store/names.ts';
import type { Precondition, Transform, Write } from '../store/write.ts';
import { invalidArgument } from '../status.ts';
import { parseFieldPath } from '../values/field-path.ts';
import { Timestamp } from '../values/timestamp.ts';
import { isNumeric, type Value } from '../values/value.ts';
import type { WirePrecondition, WireTransform, WireWrite } from './requests.ts';

const REQUEST_TIME = 1;

/** @throws FirestoreError INVALID_ARGUMENT for a write that is incomplete or to another database. */
export function toWrite(databaseName: string, write: WireWrite): Write {
  const precondition = toPrecondition(write.currentDocument);
  const at = (name: string) => pathIn(databaseName, name);
  switch (write.operation) {
    case 'update': {
      if (write.update === null) break;
      return {
        kind: 'update',
        path: at(write.update.name),
        fields: write.update.fields,
        mask: write.updateMask?.fieldPaths.map(parseFieldPath),
        transforms: write.updateTransforms.map(toTransform),
        precondition,
      };
    }
    case 'transform': {
      if (write.transform === null) break;
      const transforms = write.transform.fieldTransforms.map(toTransform);
      const path = at(write.transform.document);
      return { kind: 'update', path, fields: new Map(), mask: [], transforms, precondition };
    }
    case 'delete':
      return { kind: 'delete', path: at(write.delete), precondition };
    case 'verify':
      return { kind: 'verify', path: at(write.verify), precondition };
    case undefined:
  }
  throw invalidArgument('A write has no operation set.');
}

export function toPrecondition(condition: WirePrecondition | null): Precondition {
  if (condition === null) return {};
  if (condition.conditionType === 'exists') return { exists: condition.exists };
  return condition.updateTime === null ? {} : { updateTime: condition.updateTime };
}

/** A commit's results as `google.firestore.v1.WriteResult`. */
export function toWireResult({ updateTime, transformResults }: WriteResult): object {
  return {
    ...(updateTime !== undefined && { updateTime: Timestamp.fromMicros(updateTime) }),
    transformResults,
  };
}

/** The path of a document name that must lie in `databaseName`. */
export function pathIn(databaseName: string, name: string): string {
  const { database, path } = parseDocumentName(name);
  if (database !== databaseName) {
    throw invalidArgument(`Document name "${name}" is not in the database "${databaseName}".`);
  }
  return path;
}

function toTransform(transform: WireTransform): Transform {
  const path = parseFieldPath(transform.fieldPath);
  const kind = transform.transformType;
  switch (kind) {
    case 'setToServerValue':
      if (transform.setToServerValue !== REQUEST_TIME) break;
      return { path, kind: 'serverTimestamp' };
    case 'increment':
    case 'maximum':
    case 'minimum':
      return { path, kind, operand: number(transform[kind], kind) };
    case 'appendMissingElements':
      return { path, kind: 'union', elements: transform.appendMissingElements ?? [] };
    case 'removeAllFromArray':
      return { path, kind: 'remove', elements: transform.removeAllFromArray ?? [] };
    case undefined:
  }
  throw invalidArgument(`The transform of "${transform.fieldPath}" has no transform_type set.`);
}

function number(value: Value, kind: string): Value {
  if (isNumeric(value)) return value;
  throw invalidArgument(`The operand of ${kind} must be an integer or a double.`);
}
