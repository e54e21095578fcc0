import { describe, expect, test } from 'vitest';
import { authFailure } from './auth-failure.ts';

describe('a failure of Firebase Auth', () => {
  test.each([
    ['auth/insufficient-permission', 'AuthRejected'],
    ['auth/project-not-found', 'AuthRejected'],
    ['app/invalid-credential', 'AuthRejected'],
    ['auth/internal-error', 'AuthUnavailable'],
    ['auth/quota-exceeded', 'AuthUnavailable'],
    ['app/network-timeout', 'AuthUnavailable'],
  ])('%s is %s, and names what was being done', (code, expected) => {
    const error = Object.assign(new Error('why'), { code });
    const failure = authFailure(error, 'listing the users');
    expect(failure).toMatchObject({ code: expected, message: 'listing the users: why' });
    expect(failure.cause).toBe(error);
  });

  test('without credentials asks for them, as waiting does not help', () => {
    const error = new Error('Could not load the default credentials.');
    expect(authFailure(error, 'looking for users').code).toBe('AuthRejected');
  });
});
