import { invalidArgument } from '../status.ts';
import { formatFieldPath } from '../values/field-path.ts';
import { filterField } from './filters.ts';
import {
  CompositeOperator,
  FieldOperator,
  UnaryOperator,
  type Filter,
} from './structured-query.ts';

const MAX_DISJUNCTIONS = 30;

const RANGES: ReadonlySet<number> = new Set([
  FieldOperator.LESS_THAN,
  FieldOperator.LESS_THAN_OR_EQUAL,
  FieldOperator.GREATER_THAN,
  FieldOperator.GREATER_THAN_OR_EQUAL,
]);

/** What the rules ask of a filter: the operators in it and how far it fans out. */
interface FilterShape {
  readonly inequalityFields: Set<string>;
  negations: number;
  notIn: number;
  disjunctive: number;
  disjunctions: number;
}

/**
 * Refuses the combinations of filters that Firestore refuses.
 * Source: https://firebase.google.com/docs/firestore/query-data/queries#limitations
 * @returns the fields with an inequality, which a query is implicitly ordered by.
 * @throws FirestoreError INVALID_ARGUMENT
 */
export function checkFilterRules(filter: Filter): string[] {
  const shape = inspect(filter);
  if (shape.negations > 1) {
    throw invalidArgument(
      "Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.",
    );
  }
  if (shape.notIn > 0 && shape.disjunctive > 0) {
    throw invalidArgument(
      "'NOT_IN' cannot be used in the same query with 'IN', 'ARRAY_CONTAINS_ANY' or 'OR'.",
    );
  }
  if (shape.disjunctions > MAX_DISJUNCTIONS) {
    throw invalidArgument(
      `The query has ${shape.disjunctions} disjunctions in its disjunctive normal form; the maximum is ${MAX_DISJUNCTIONS}.`,
    );
  }
  checkArrayContains(filter);
  return [...shape.inequalityFields];
}

function inspect(filter: Filter): FilterShape {
  const shape: FilterShape = {
    inequalityFields: new Set(),
    negations: 0,
    notIn: 0,
    disjunctive: 0,
    disjunctions: 1,
  };
  if (filter.compositeFilter !== null) {
    const { op, filters } = filter.compositeFilter;
    const isOr = op === CompositeOperator.OR;
    if (isOr) {
      shape.disjunctions = 0;
      shape.disjunctive = filters.length > 1 ? 1 : 0;
    }
    for (const part of filters.map(inspect)) {
      for (const field of part.inequalityFields) shape.inequalityFields.add(field);
      shape.negations += part.negations;
      shape.notIn += part.notIn;
      shape.disjunctive += part.disjunctive;
      shape.disjunctions = isOr
        ? shape.disjunctions + part.disjunctions
        : shape.disjunctions * part.disjunctions;
    }
  } else if (filter.unaryFilter !== null) {
    const { op, field } = filter.unaryFilter;
    if (op === UnaryOperator.IS_NOT_NAN || op === UnaryOperator.IS_NOT_NULL) {
      shape.negations = 1;
      shape.inequalityFields.add(formatFieldPath(filterField(field)));
    }
  } else if (filter.fieldFilter !== null) {
    const { op, field, value } = filter.fieldFilter;
    if (op === FieldOperator.NOT_EQUAL || op === FieldOperator.NOT_IN) shape.negations = 1;
    if (op === FieldOperator.NOT_IN) shape.notIn = 1;
    if (RANGES.has(op) || shape.negations > 0) {
      shape.inequalityFields.add(formatFieldPath(filterField(field)));
    }
    if (op === FieldOperator.IN || op === FieldOperator.ARRAY_CONTAINS_ANY) {
      shape.disjunctive = 1;
      shape.disjunctions = Array.isArray(value) ? Math.max(value.length, 1) : 1;
    }
  }
  return shape;
}

/** A conjunction may hold one `array-contains`; each branch of an OR is a conjunction of its own. */
function checkArrayContains(filter: Filter): number {
  if (filter.fieldFilter !== null) {
    return filter.fieldFilter.op === FieldOperator.ARRAY_CONTAINS ? 1 : 0;
  }
  if (filter.compositeFilter === null) return 0;
  const { op, filters } = filter.compositeFilter;
  const counts = filters.map(checkArrayContains);
  const count =
    op === CompositeOperator.OR ? Math.max(0, ...counts) : counts.reduce((sum, n) => sum + n, 0);
  if (count > 1) {
    throw invalidArgument("A maximum of 1 'ARRAY_CONTAINS' filter is allowed per disjunction.");
  }
  return count;
}
