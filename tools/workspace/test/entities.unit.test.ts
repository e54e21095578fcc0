import { entities } from '@ayna/contract';
import * as functions from '@ayna/triggers';
import { expect, test } from 'vitest';

test('every entity has its Firebase function among the exports of apps/triggers', () => {
  expect(Object.keys(functions).sort()).toEqual(
    entities.map(({ functionName }) => functionName).sort(),
  );
});
