import { z } from 'zod';

/** Firestore takes no longer ones. */
const MAX_ID_BYTES = 1_500;

/**
 * The id of a Firestore document as a client may name it: what Firestore itself allows (no `/`, not
 * `.` or `..`, not `__...__`) and every store can hold in a key.
 */
export const documentId: z.ZodType<string> = z
  .string()
  .min(1)
  .max(MAX_ID_BYTES)
  .refine(isDocumentId, 'expected the id of a document');

function isDocumentId(id: string): boolean {
  if (id === '.' || id === '..' || /^__.*__$/s.test(id)) return false;
  if (id.includes('/') || id.includes('\0') || !id.isWellFormed()) return false;
  return new TextEncoder().encode(id).length <= MAX_ID_BYTES;
}
