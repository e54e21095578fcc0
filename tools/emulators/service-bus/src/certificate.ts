import { generate } from 'selfsigned';

/** A key and the certificate for it, both as PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly certificate: string;
}

const VALID_DAYS = 825;

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
