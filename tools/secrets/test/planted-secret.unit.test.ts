import { describe, expect, test } from 'vitest';
import { findSecrets, plantSecret } from '../src/planted-secret.ts';

const secret = plantSecret('a password', ['/', '"', ' ', '@#ö']);
const found = (text: string) => findSecrets(text, [secret]).length > 0;

describe('a planted secret is found', () => {
  test.for([
    ['as it is', secret.text],
    ['in a URL', `postgres://u:${encodeURIComponent(secret.text)}@h/d`],
    ['in JSON', JSON.stringify({ a: secret.text })],
    ['in JSON in JSON', JSON.stringify({ a: JSON.stringify(secret.text) })],
    ['in hexadecimal', Buffer.from(secret.text).toString('hex')],
    ['in capitals', secret.text.toUpperCase()],
    ['from the second word on only', `censored${secret.text.slice(secret.text.indexOf('/'))}`],
  ] as const)('%s', ([, text]) => {
    expect(found(`before ${text} behind`)).toBe(true);
  });

  test('in Base64 and Base64url, whatever stands before it', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
      const bytes = Buffer.from(`${before}${secret.text}:rest`);
      expect(found(bytes.toString('base64'))).toBe(true);
      expect(found(bytes.toString('base64url'))).toBe(true);
    }
  });
});

test('nothing is found where there is none', () => {
  const other = plantSecret('another');
  expect(found(`${other.text} ${Buffer.from(other.text).toString('base64')}`)).toBe(false);
});
