import { ServiceBusError } from '@azure/service-bus';
import { expect, test } from 'vitest';
import { brokerFailure } from '../src/index.ts';

test('of several attempts the last one says why: a key that is refused stays refused', () => {
  const refused = new ServiceBusError('InvalidSignature', 'UnauthorizedAccess');
  const away = new ServiceBusError('ECONNREFUSED', 'ServiceCommunicationProblem');
  expect(brokerFailure(new AggregateError([refused, refused]), 'sending')).toMatchObject({
    code: 'BrokerRejected',
    message: 'sending: InvalidSignature',
  });
  expect(brokerFailure(new AggregateError([refused, away]), 'sending').code).toBe(
    'BrokerUnavailable',
  );
});
