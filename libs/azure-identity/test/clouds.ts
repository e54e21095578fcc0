import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startIdentityEmulator, type IdentityEmulator } from '@ayna/emulator-identity';

/** Starts the clouds' identities, and leads this process to them for good. */
export async function cloudsOfThisProcess(): Promise<IdentityEmulator> {
  const clouds = await startIdentityEmulator();
  Object.assign(process.env, clouds.network);
  setDefaultCACertificates([...getCACertificates('default'), clouds.certificate]);
  return clouds;
}
