import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A key and the certificate for it, both as PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly certificate: string;
}

const VALID_DAYS = 825;
/** A kept certificate is replaced when it is closer to its end than this. */
const SHORTEST_REST_MS = 30 * 86_400_000;

/**
 * Reads the certificate that is kept in a directory, or makes it and keeps it there, as `certificate.pem`
 * and `key.pem`: who trusts it once need not be told again after a restart.
 */
export async function keepCertificate(directory: string, host: string): Promise<SelfSigned> {
  const certificatePath = join(directory, 'certificate.pem');
  const keyPath = join(directory, 'key.pem');
  if (existsSync(certificatePath) && existsSync(keyPath)) {
    const certificate = readFileSync(certificatePath, 'utf8');
    const restMs = Date.parse(new X509Certificate(certificate).validTo) - Date.now();
    if (restMs > SHORTEST_REST_MS) return { key: readFileSync(keyPath, 'utf8'), certificate };
  }
  const made = await createCertificate(host);
  mkdirSync(directory, { recursive: true });
  writeFileSync(keyPath, made.key, { mode: 0o600 });
  writeFileSync(certificatePath, made.certificate);
  return made;
}

/** Makes a certificate for the local machine. It is its own authority: trust it, and you trust this server. */
export async function createCertificate(host: string): Promise<SelfSigned> {
  const addresses = new Set(['127.0.0.1', '::1']);
  if (/^[\d.]+$|:/.test(host)) addresses.add(host);
  const notAfterDate = new Date(Date.now() + VALID_DAYS * 86_400_000);
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    algorithm: 'sha256',
    notAfterDate,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          ...[...addresses].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
  return { key: pems.private, certificate: pems.cert };
}
