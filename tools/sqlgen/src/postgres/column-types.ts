import type { FieldKind } from '@ayna/contract';

/** How each kind of field is kept. */
export const columnTypes: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  json: 'jsonb',
  timestamp: 'timestamptz',
  integer: 'bigint',
  double: 'double precision',
  boolean: 'boolean',
};

/** Bytewise order, the same on every server: what reads in key order rely on. */
export const KEY_TYPE = 'text COLLATE "C"';
