import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CONTRACT_VERSION, entities } from '../src/index.ts';
import { eventAttributesSchema, eventDataSchema } from '../src/mirror-event.ts';

/**
 * The hash of the wire contract at each of its versions. What is published under a version never
 * changes: when this test fails, raise `CONTRACT_VERSION` and add a line.
 */
const history: Record<number, string> = {
  1: '762ac5c3274a4abd',
};

test('the wire contract does not change without a new CONTRACT_VERSION', () => {
  const wire = {
    attributes: z.toJSONSchema(eventAttributesSchema, { io: 'input' }),
    data: z.toJSONSchema(eventDataSchema, { io: 'input' }),
    entities: entities.map(({ name, path, fields }) => ({ name, path: path.pattern, fields })),
  };
  const hash = createHash('sha256').update(JSON.stringify(wire)).digest('hex').slice(0, 16);
  expect(hash, 'the contract changed: raise CONTRACT_VERSION and record this hash').toBe(
    history[CONTRACT_VERSION],
  );
});
