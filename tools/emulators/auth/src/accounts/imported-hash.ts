import { createCipheriv, createHash, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import type { z } from 'zod';
import { demand } from '../http/api-error.ts';
import { text } from '../http/fields.ts';

/** How the hashes of an import were made. Bytes are in base64. */
export const hashFields = {
  hashAlgorithm: text,
  signerKey: text,
  saltSeparator: text,
  rounds: text,
  memoryCost: text,
  cpuMemCost: text,
  parallelization: text,
  blockSize: text,
  dkLen: text,
  passwordHashOrder: text,
};
type HashOptions = { [Name in keyof typeof hashFields]?: z.infer<(typeof hashFields)[Name]> };

/**
 * What tells whether a password belongs to an imported hash. BCRYPT is taken but fits no password.
 *
 * @throws ApiError `INVALID_HASH_ALGORITHM`
 */
export function hashVerifier(
  options: HashOptions,
  hash: string,
  salt: string | undefined,
): (password: string) => boolean {
  const algorithm = options.hashAlgorithm ?? '';
  const derive = algorithms[algorithm];
  demand(algorithm === '' || derive, 'INVALID_HASH_ALGORITHM');
  const wanted = bytes(hash);
  return (password) => {
    const derived = derive?.(Buffer.from(password), bytes(salt), options, wanted.length);
    // MD5 and SHA hashes are also met as hexadecimal text.
    return !!derived && (derived.equals(wanted) || derived.toString('hex') === wanted.toString());
  };
}

type Derive = (
  password: Buffer,
  salt: Buffer,
  options: HashOptions,
  length: number,
) => Buffer | undefined;

const algorithms: Readonly<Record<string, Derive | undefined>> = {
  HMAC_SHA512: hmac('sha512'),
  HMAC_SHA256: hmac('sha256'),
  HMAC_SHA1: hmac('sha1'),
  HMAC_MD5: hmac('md5'),
  SHA512: digest('sha512'),
  SHA256: digest('sha256'),
  SHA1: digest('sha1'),
  MD5: digest('md5'),
  PBKDF_SHA1: pbkdf2('sha1'),
  PBKDF2_SHA256: pbkdf2('sha256'),
  STANDARD_SCRYPT: (password, salt, { cpuMemCost, blockSize, parallelization, dkLen }, length) =>
    scrypt(password, salt, Number(dkLen ?? length), {
      N: Number(cpuMemCost),
      r: Number(blockSize),
      p: Number(parallelization),
    }),
  SCRYPT: (password, salt, { signerKey, saltSeparator, rounds, memoryCost }) => {
    const salted = Buffer.concat([salt, bytes(saltSeparator)]);
    const costs = { N: 2 ** Number(memoryCost), r: Number(rounds), p: 1 };
    const cipher = createCipheriv(
      'aes-256-ctr',
      scrypt(password, salted, 32, costs),
      Buffer.alloc(16),
    );
    return Buffer.concat([cipher.update(bytes(signerKey)), cipher.final()]);
  },
  BCRYPT: () => undefined,
};

function hmac(name: string): Derive {
  return (password, salt, { signerKey, passwordHashOrder }) => {
    const saltFirst = passwordHashOrder === 'SALT_AND_PASSWORD';
    const input = saltFirst ? [salt, password] : [password, salt];
    return createHmac(name, bytes(signerKey)).update(Buffer.concat(input)).digest();
  };
}

function digest(name: string): Derive {
  return (password, salt, { rounds, passwordHashOrder }) => {
    const passwordFirst = passwordHashOrder === 'PASSWORD_AND_SALT';
    let result = Buffer.concat(passwordFirst ? [password, salt] : [salt, password]);
    for (let round = 0; round < Math.max(Number(rounds ?? 1), 1); round += 1) {
      result = createHash(name).update(result).digest();
    }
    return result;
  };
}

function pbkdf2(name: string): Derive {
  return (password, salt, { rounds }, length) =>
    pbkdf2Sync(password, salt, Number(rounds ?? 1), length, name);
}

function scrypt(
  password: Buffer,
  salt: Buffer,
  length: number,
  costs: { N: number; r: number; p: number },
): Buffer {
  return scryptSync(password, salt, length, {
    ...costs,
    maxmem: 256 * costs.N * costs.r + 2 ** 20,
  });
}

/** Clients send base64 in either alphabet; both are read. */
function bytes(base64 = ''): Buffer {
  return Buffer.from(base64, 'base64');
}
