import type { FieldPath } from '../values/field-path.ts';
import type { Timestamp } from '../values/timestamp.ts';
import type { Fields, Value } from '../values/value.ts';

/** What a document must be like for a write to it to go through. */
export interface Precondition {
  readonly exists?: boolean;
  readonly updateTime?: Timestamp;
}

/** One field transform, applied on the server after the write's own fields. */
export type Transform = { readonly path: FieldPath } & (
  | { readonly kind: 'serverTimestamp' }
  | { readonly kind: 'increment' | 'maximum' | 'minimum'; readonly operand: Value }
  | { readonly kind: 'union' | 'remove'; readonly elements: readonly Value[] }
);

/** One write of a commit. `mask` limits an update to those fields; without it the document is replaced. */
export type Write = { readonly path: string; readonly precondition: Precondition } & (
  | {
      readonly kind: 'update';
      readonly fields: Fields;
      readonly mask: readonly FieldPath[] | undefined;
      readonly transforms: readonly Transform[];
    }
  | { readonly kind: 'delete' }
  | { readonly kind: 'verify' }
);
