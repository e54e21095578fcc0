import { AynaError, errorRegistry, type ErrorCode } from '@ayna/contract';
import { gatewayErrorDetails } from '@ayna/contract/gateway';
import { expect, test } from 'vitest';
import { GatewayError, gatewayErrorOf } from '../src/gateway-error.ts';

const codes = Object.keys(errorRegistry) as ErrorCode[];

test.each(codes)(
  'a client learns of %s its code and whether to try again, and nothing else',
  (code) => {
    const error = gatewayErrorOf(new AynaError(code, 'host db.internal, table users'));
    expect(error.message).not.toContain('db.internal');
    expect(gatewayErrorDetails.parse(error.details)).toEqual({ code });
    expect(error.code === 'unavailable').toBe(errorRegistry[code].heals);
  },
);

test('a client learns of a failure that nobody foresaw that there was one', () => {
  const error = gatewayErrorOf(new Error('secret'));
  expect([error.code, error.message, error.details]).toEqual(['internal', 'the server failed', {}]);
});

test('a refusal stays as it is', () => {
  const refusal = new GatewayError('permission-denied', 'no');
  expect(gatewayErrorOf(refusal)).toBe(refusal);
});
