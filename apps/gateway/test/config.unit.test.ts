import { expect, test } from 'vitest';
import { enforcesAppCheck, gatewayConfig } from '../src/config.ts';

const DATABASE_URL = 'postgresql://ayna:secret@localhost/ayna';

test('App Check is enforced unless somebody says otherwise', () => {
  expect(enforcesAppCheck({})).toBe(true);
  expect(enforcesAppCheck({ GATEWAY_ENFORCE_APP_CHECK: 'false' })).toBe(false);
  expect(() => enforcesAppCheck({ GATEWAY_ENFORCE_APP_CHECK: 'maybe' })).toThrow(
    'GATEWAY_ENFORCE_APP_CHECK',
  );
});

test('calls are limited unless somebody says otherwise, and a wrong setting is named', () => {
  expect(gatewayConfig({ DATABASE_URL })).toMatchObject({
    limit: { calls: 600, windowSeconds: 60 },
    redisUrl: undefined,
  });
  const wrong = { DATABASE_URL, GATEWAY_RATE_LIMIT_CALLS: '0', REDIS_URL: 'http://x:secret@y' };
  expect(() => gatewayConfig(wrong)).toThrow(
    expect.objectContaining({
      code: 'ConfigInvalid',
      message: expect.not.stringContaining('secret') as string,
    }),
  );
  expect(() => gatewayConfig(wrong)).toThrow(/GATEWAY_RATE_LIMIT_CALLS[^]*REDIS_URL/);
});

test('a Redis address that is no address is refused before a client repeats it', () => {
  const wrong = { DATABASE_URL, REDIS_URL: 'redis://:hush@#:hush@host' };
  expect(() => gatewayConfig(wrong)).toThrow(/REDIS_URL has a wrong value(?![^]*hush)/);
});
