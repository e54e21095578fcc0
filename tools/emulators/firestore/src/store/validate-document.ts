import { invalidArgument } from '../status.ts';
import { documentSize, MAX_DOCUMENT_BYTES } from '../values/size.ts';
import { vectorOf, type Fields, type Value } from '../values/value.ts';

const MAX_DEPTH = 20;
const MAX_FIELD_NAME_BYTES = 1500;
const MAX_VECTOR_DIMENSIONS = 2048;
const RESERVED_NAME = /^__.*__$/s;

/**
 * Refuses a document that Firestore would not store: too large, too deep, an array directly in an
 * array, or a field name that is empty, reserved or too long.
 * Source: https://firebase.google.com/docs/firestore/quotas#limits
 * @throws FirestoreError INVALID_ARGUMENT
 */
export function validateDocument(name: string, path: string, fields: Fields): void {
  validateFields(fields, 1);
  const size = documentSize(path, fields);
  if (size > MAX_DOCUMENT_BYTES) {
    throw invalidArgument(
      `Document '${name}' cannot be written because its size (${grouped(size)} bytes) exceeds the maximum allowed size of ${grouped(MAX_DOCUMENT_BYTES)} bytes.`,
    );
  }
}

function validateFields(fields: Fields, depth: number): void {
  for (const [name, value] of fields) {
    if (name === '') throw invalidArgument('Property name is the empty string.');
    if (name.startsWith('__') && RESERVED_NAME.test(name)) {
      throw invalidArgument(`Property ${name} is invalid because it is reserved.`);
    }
    if (name.length > MAX_FIELD_NAME_BYTES / 3 && Buffer.byteLength(name) > MAX_FIELD_NAME_BYTES) {
      throw invalidArgument(`Property name "${name.slice(0, 50)}..." is longer than 1500 bytes.`);
    }
    if (typeof value === 'object' && value !== null) validateNested(name, value, depth);
  }
}

function validateNested(name: string, value: Value, depth: number): void {
  if (Array.isArray(value)) {
    checkDepth(name, depth);
    for (const item of value) {
      if (Array.isArray(item)) {
        throw invalidArgument(
          `Cannot convert an array value in an array value. Property ${name} contains an invalid nested entity.`,
        );
      }
      validateNested(name, item, depth + 1);
    }
  } else if (value instanceof Map) {
    checkDepth(name, depth);
    if (vectorOf(value) === undefined) validateFields(value, depth + 1);
    else validateVector(name, value);
  }
}

function validateVector(name: string, value: Fields): void {
  const numbers = vectorOf(value) ?? [];
  if (numbers.length === 0) throw invalidArgument('Vectors must have at least one dimension.');
  if (numbers.length > MAX_VECTOR_DIMENSIONS) {
    throw invalidArgument(`Vectors must have fewer than 2049 dimensions: ${name}.`);
  }
  if (value.size !== 2 || numbers.some((number) => typeof number !== 'number')) {
    throw invalidArgument(`Vectors hold doubles only: ${name}.`);
  }
}

function checkDepth(name: string, depth: number): void {
  if (depth > MAX_DEPTH) {
    throw invalidArgument(`Property ${name} is nested deeper than ${MAX_DEPTH} levels.`);
  }
}

function grouped(bytes: number): string {
  return bytes.toLocaleString('en-US');
}
