import { errorRegistry } from '@ayna/contract';
import { expect, test } from 'vitest';
import { explainReason } from '../src/index.ts';

test.for(Object.entries(errorRegistry))(
  'the code %s is explained as the error registry has it',
  ([code, { cause, remedy }]) => {
    expect(explainReason(code)).toEqual({ cause, remedy });
  },
);

test.for([
  'MaxDeliveryCountExceeded',
  'TTLExpiredException',
  'HeaderSizeExceeded',
  'Session ID is null.',
])('the reason "%s", which the broker gives, is explained', (reason) => {
  expect(explainReason(reason)).not.toEqual(explainReason('somebody else'));
});

test.for(['', 'toString', 'constructor'])(
  'a reason that nobody knows ("%s") is said to be somebody else\'s',
  (reason) => {
    expect(explainReason(reason).cause).toContain('another program');
  },
);
