import { invalidArgument } from '../status.ts';
import { compareValues, equalValues, typeRank } from '../values/compare.ts';
import { parseFieldPath, type FieldPath } from '../values/field-path.ts';
import { Reference, type Value } from '../values/value.ts';
import { documentField, isDocumentId, type QueryDocument } from './query-document.ts';
import {
  CompositeOperator,
  FieldOperator,
  UnaryOperator,
  type FieldReference,
  type Filter,
} from './structured-query.ts';

/** Whether a document passes a filter. */
export type Predicate = (document: QueryDocument) => boolean;

type Test = (value: Value | undefined) => boolean;

/** @throws FirestoreError INVALID_ARGUMENT for a filter that is incomplete. */
export function compileFilter(filter: Filter): Predicate {
  if (filter.compositeFilter !== null) {
    const { op, filters } = filter.compositeFilter;
    const parts = filters.map(compileFilter);
    if (parts.length === 0) throw invalidArgument('A composite filter needs at least one filter.');
    if (op === CompositeOperator.AND) return (document) => parts.every((part) => part(document));
    if (op === CompositeOperator.OR) return (document) => parts.some((part) => part(document));
    throw invalidArgument('A composite filter needs an operator.');
  }
  if (filter.unaryFilter !== null) {
    const test = unaryTest(filter.unaryFilter.op);
    return onField(filterField(filter.unaryFilter.field), test);
  }
  if (filter.fieldFilter === null) throw invalidArgument('A filter has no filter_type set.');
  const { field: reference, op, value } = filter.fieldFilter;
  const field = filterField(reference);
  if (isDocumentId(field)) checkReferences(op, value);
  return onField(field, fieldTest(op, value));
}

export function filterField(reference: FieldReference | null): FieldPath {
  if (reference === null) throw invalidArgument('A filter needs a field.');
  return parseFieldPath(reference.fieldPath);
}

function onField(field: FieldPath, test: Test): Predicate {
  return (document) => test(documentField(document, field));
}

function unaryTest(op: number): Test {
  switch (op) {
    case UnaryOperator.IS_NULL:
      return (value) => value === null;
    case UnaryOperator.IS_NAN:
      return (value) => Number.isNaN(value);
    case UnaryOperator.IS_NOT_NULL:
      return (value) => value !== undefined && value !== null;
    case UnaryOperator.IS_NOT_NAN:
      return (value) => value !== undefined && value !== null && !Number.isNaN(value);
    default:
      throw invalidArgument('A unary filter needs an operator.');
  }
}

/** `!=` and `not-in` never match null, and nothing matches a field that is not there. */
function fieldTest(op: number, operand: Value): Test {
  switch (op) {
    case FieldOperator.EQUAL:
      return (value) => value !== undefined && equalValues(value, operand);
    case FieldOperator.NOT_EQUAL:
      return (value) => value !== undefined && value !== null && !equalValues(value, operand);
    case FieldOperator.LESS_THAN:
      return rangeTest(operand, (order) => order < 0);
    case FieldOperator.LESS_THAN_OR_EQUAL:
      return rangeTest(operand, (order) => order <= 0);
    case FieldOperator.GREATER_THAN:
      return rangeTest(operand, (order) => order > 0);
    case FieldOperator.GREATER_THAN_OR_EQUAL:
      return rangeTest(operand, (order) => order >= 0);
    case FieldOperator.ARRAY_CONTAINS:
      return containsTest([operand]);
    case FieldOperator.ARRAY_CONTAINS_ANY:
      return containsTest(operands(op, operand));
    case FieldOperator.IN: {
      const members = operands(op, operand).filter(isComparable);
      return (value) => value !== undefined && members.some((item) => equalValues(value, item));
    }
    case FieldOperator.NOT_IN: {
      const members = operands(op, operand);
      if (members.includes(null)) return () => false;
      return (value) =>
        value !== undefined && value !== null && !members.some((item) => equalValues(value, item));
    }
    default:
      throw invalidArgument('A field filter needs an operator.');
  }
}

/** A range holds values of the operand's type; NaN is in none but its own. */
function rangeTest(operand: Value, accept: (order: number) => boolean): Test {
  const rank = typeRank(operand);
  return (value) =>
    value !== undefined &&
    typeRank(value) === rank &&
    Number.isNaN(value) === Number.isNaN(operand) &&
    accept(compareValues(value, operand));
}

function containsTest(wanted: readonly Value[]): Test {
  const members = wanted.filter(isComparable);
  return (value) =>
    Array.isArray(value) &&
    value.some((item) => members.some((member) => equalValues(item, member)));
}

/** Null and NaN are found by their unary filters alone, never as members of a list. */
function isComparable(value: Value): boolean {
  return value !== null && !Number.isNaN(value);
}

const OPERATOR_NAME = new Map<number, string>(
  Object.entries(FieldOperator).map(([name, op]) => [op, name]),
);
const MAX_DISJUNCTION_VALUES = 30;
const MAX_NOT_IN_VALUES = 10;

function operands(op: number, value: Value): Value[] {
  const name = OPERATOR_NAME.get(op) ?? '';
  if (!Array.isArray(value) || value.length === 0) {
    throw invalidArgument(`'${name}' requires an non-empty ArrayValue.`);
  }
  const limit = op === FieldOperator.NOT_IN ? MAX_NOT_IN_VALUES : MAX_DISJUNCTION_VALUES;
  if (value.length > limit) {
    throw invalidArgument(`'${name}' supports up to ${limit} comparison values.`);
  }
  return value;
}

function checkReferences(op: number, value: Value): void {
  const values =
    op === FieldOperator.IN || op === FieldOperator.NOT_IN ? operands(op, value) : [value];
  if (!values.every((item) => item instanceof Reference)) {
    throw invalidArgument('__key__ filter value must be a Key');
  }
}
