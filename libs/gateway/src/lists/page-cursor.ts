import { createHash } from 'node:crypto';
import { documentId } from '@ayna/contract/gateway';
import type { ListPosition } from '@ayna/sql-gateway';
import { z } from 'zod';
import { invalid } from '../gateway-error.ts';

/** The list that a cursor belongs to: the call, its caller, and what else decides which rows it has. */
export type ListName = readonly string[];

const FORMAT = 1;
const BINDING_BYTES = 16;
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
const content = z.tuple([z.literal(FORMAT), z.string(), instant, documentId]);

/**
 * The cursor for a place in a list: the place, bound to the list by a hash of its name.
 *
 * It is not signed, because it grants nothing: every call decides anew, from stored data, what its
 * caller may read, and the place only says where in those rows to begin. So there is no secret to
 * keep, to share between instances or to change, and a cursor never runs out. The binding refuses
 * cursors that went astray; whoever makes one up begins somewhere else in a list of their own.
 */
export function cursorOf(list: ListName, { at, id }: ListPosition): string {
  return Buffer.from(JSON.stringify([FORMAT, bindingOf(list), at, id])).toString('base64url');
}

/**
 * The place that a cursor of a list holds.
 *
 * @throws GatewayError `invalid-argument` for what is no cursor, or one of another list
 */
export function placeOf(list: ListName, cursor: string): ListPosition {
  const result = content.safeParse(parsed(cursor));
  if (!result.success || Number.isNaN(Date.parse(result.data[2]))) {
    throw invalid('cursor', 'expected the nextCursor of a page');
  }
  const [, binding, at, id] = result.data;
  if (binding !== bindingOf(list)) {
    throw invalid('cursor', 'expected the nextCursor of a page of this list');
  }
  return { at, id };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function bindingOf(list: ListName): string {
  const hash = createHash('sha256').update(JSON.stringify(list)).digest();
  return hash.subarray(0, BINDING_BYTES).toString('base64url');
}
