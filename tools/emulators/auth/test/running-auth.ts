import { deleteApp as deleteWebApp, initializeApp as initializeWebApp } from '@firebase/app';
import {
  connectAuthEmulator,
  inMemoryPersistence,
  initializeAuth,
  type Auth as WebAuth,
} from '@firebase/auth';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth, type Auth } from 'firebase-admin/auth';
import { startAuthEmulator, type AuthEmulator, type AuthEmulatorOptions } from '../src/index.ts';

/** An emulator with both of Firebase's own clients connected to it. */
export interface RunningAuth extends AsyncDisposable {
  readonly emulator: AuthEmulator;
  /** A server's client. */
  readonly admin: Auth;
  /** A browser's client. */
  readonly web: WebAuth;
}

const projectId = 'demo-auth';

export async function startAuth(options: AuthEmulatorOptions = {}): Promise<RunningAuth> {
  const emulator = await startAuthEmulator({ projectId, ...options });
  process.env.FIREBASE_AUTH_EMULATOR_HOST = emulator.host;
  const name = crypto.randomUUID();
  const app = initializeApp({ projectId }, name);
  const webApp = initializeWebApp({ projectId, apiKey: 'any' }, name);
  const web = initializeAuth(webApp, { persistence: inMemoryPersistence });
  connectAuthEmulator(web, `http://${emulator.host}`, { disableWarnings: true });
  return {
    emulator,
    admin: getAuth(app),
    web,
    async [Symbol.asyncDispose]() {
      await web.signOut();
      await deleteWebApp(webApp);
      await deleteApp(app);
      await emulator.close();
    },
  };
}

/** Gives an emulator's project `count` users, with ids that begin with a prefix. */
export async function importMany(admin: Auth, prefix: string, count: number): Promise<string[]> {
  const uids = Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(6, '0')}`);
  for (let at = 0; at < count; at += 1000) {
    await admin.importUsers(uids.slice(at, at + 1000).map((uid) => ({ uid })));
  }
  return uids;
}
