import type { Value } from '../values/value.ts';

/**
 * `google.firestore.v1.StructuredQuery` as it comes off the wire: an absent message is null, an
 * absent number is 0. Source: google/firestore/v1/query.proto.
 */
export interface StructuredQuery {
  readonly select: { readonly fields: readonly FieldReference[] } | null;
  readonly from: readonly { readonly collectionId: string; readonly allDescendants: boolean }[];
  readonly where: Filter | null;
  readonly orderBy: readonly {
    readonly field: FieldReference | null;
    readonly direction: number;
  }[];
  readonly startAt: Cursor | null;
  readonly endAt: Cursor | null;
  readonly offset: number;
  readonly limit: { readonly value: number } | null;
  readonly findNearest: FindNearest | null;
}

export interface FieldReference {
  readonly fieldPath: string;
}

export interface Cursor {
  readonly values: readonly Value[];
  readonly before: boolean;
}

export interface Filter {
  readonly compositeFilter: { readonly op: number; readonly filters: readonly Filter[] } | null;
  readonly fieldFilter: {
    readonly field: FieldReference | null;
    readonly op: number;
    readonly value: Value;
  } | null;
  readonly unaryFilter: { readonly op: number; readonly field: FieldReference | null } | null;
}

export interface FindNearest {
  readonly vectorField: FieldReference | null;
  readonly queryVector: Value;
  readonly distanceMeasure: number;
  readonly limit: { readonly value: number } | null;
  readonly distanceResultField: string;
  readonly distanceThreshold: { readonly value: number } | null;
}

export const CompositeOperator = { AND: 1, OR: 2 } as const;

export const FieldOperator = {
  LESS_THAN: 1,
  LESS_THAN_OR_EQUAL: 2,
  GREATER_THAN: 3,
  GREATER_THAN_OR_EQUAL: 4,
  EQUAL: 5,
  NOT_EQUAL: 6,
  ARRAY_CONTAINS: 7,
  IN: 8,
  ARRAY_CONTAINS_ANY: 9,
  NOT_IN: 10,
} as const;

export const UnaryOperator = { IS_NAN: 2, IS_NULL: 3, IS_NOT_NAN: 4, IS_NOT_NULL: 5 } as const;

export const DESCENDING = 2;
