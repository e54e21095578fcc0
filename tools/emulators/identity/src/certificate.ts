import { randomUUID } from 'node:crypto';
import { generate } from 'selfsigned';

/** A certificate for hosts, which is its own authority, and its key, both as PEM. */
export async function certificateFor(
  hosts: readonly string[],
): Promise<{ readonly key: string; readonly cert: string }> {
  // Who trusts two authorities of one name may ask the wrong one.
  const name = [{ name: 'commonName', value: `ayna ${randomUUID()}` }];
  const { private: key, cert } = await generate(name, {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  });
  return { key, cert };
}
