import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CONTRACT_VERSION, entities } from '../src/index.ts';
import { eventAttributesSchema, eventDataSchema } from '../src/mirror-event.ts';

/**
 * The hash of the event at each version of the contract. What is published under a version never
 * changes: when this test fails, raise `CONTRACT_VERSION` and add a line.
 */
const history: Record<number, string> = {
  1: 'b239f5070e14a559',
  2: '9efe8a8d32f562da',
};

/**
 * The hash of each entity that has been published. A new entity needs no line to work; its line
 * keeps a later change from passing unseen. A changed entity needs a migration: record the new hash.
 */
const published: Record<string, string> = {
  'dm.conversation': '47af89b8801b9cc5',
  'dm.message': '119a9b24b6343bfc',
  'follow.edge': 'd23a9ce887473b9a',
};

const hashOf = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

test('the event does not change without a new CONTRACT_VERSION', () => {
  const envelope = {
    attributes: z.toJSONSchema(eventAttributesSchema, { io: 'input' }),
    data: z.toJSONSchema(eventDataSchema, { io: 'input' }),
  };
  expect(hashOf(envelope), 'raise CONTRACT_VERSION and record this hash').toBe(
    history[CONTRACT_VERSION],
  );
});

test('no published entity changes unseen', () => {
  const hashes = Object.fromEntries(
    entities.map(({ name, path, fields }) => [name, hashOf({ path: path.pattern, fields })]),
  );
  expect(hashes).toMatchObject(published);
});
