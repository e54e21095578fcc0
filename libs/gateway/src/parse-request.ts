import type { z } from 'zod';
import { invalid } from './gateway-error.ts';

/** The longest name of a field, or words about it, that an answer repeats. */
const MAX_ECHO = 200;

/**
 * A request as its schema has it.
 *
 * @throws GatewayError `invalid-argument`, naming the first field that is wrong
 */
export function parseRequest<Request>(schema: z.ZodType<Request>, input: unknown): Request {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw invalid((issue.keys[0] ?? '').slice(0, MAX_ECHO), 'there is no such field');
  }
  const field = (issue?.path ?? []).map(String).join('.');
  throw invalid(field.slice(0, MAX_ECHO), (issue?.message ?? 'not valid').slice(0, MAX_ECHO));
}
