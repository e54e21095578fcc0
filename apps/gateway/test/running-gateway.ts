import { startAuthEmulator } from '@ayna/emulator-auth';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { startFunctionsEmulator } from '@ayna/emulator-functions';
import { startPglite } from '@ayna/emulator-sql';
import { migrate, openDatabase } from '@ayna/sql-gateway';
import { deleteApp, getApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { getFirestore, type Firestore } from 'firebase-admin/firestore';

const PROJECT = 'gateway-functions';

/** What a callable answered, as it came over HTTP. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The deployed functions, with everything they need. */
export interface RunningGateway extends AsyncDisposable {
  readonly firestore: Firestore;
  /** An ID token of a user, as a client has it after signing in. */
  idToken(userId: string): Promise<string>;
  call(name: string, data: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends a body as it is. */
  post(name: string, body: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Makes the database unreachable. */
  stopSql(): Promise<void>;
}

/** Starts the exports of the app as they are deployed. */
export async function startGateway(
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningGateway> {
  const [firestoreEmulator, authEmulator, server] = await Promise.all([
    startFirestoreEmulator(),
    startAuthEmulator({ projectId: PROJECT }),
    startPglite(),
  ]);
  {
    await using database = openDatabase({ url: server.url });
    await migrate(database);
  }
  Object.assign(process.env, {
    DATABASE_URL: server.url,
    FIREBASE_AUTH_EMULATOR_HOST: authEmulator.host,
    FIRESTORE_EMULATOR_HOST: firestoreEmulator.host,
    GATEWAY_ENFORCE_APP_CHECK: 'false',
    GOOGLE_CLOUD_PROJECT: PROJECT,
    LOG_LEVEL: 'silent',
    METADATA_SERVER_DETECTION: 'none',
    ...settings,
  });
  const functions = await import('../src/index.ts');
  const emulator = await startFunctionsEmulator({ projectId: PROJECT, functions });
  const post: RunningGateway['post'] = async (name, body, headers = {}) => {
    const response = await fetch(`${emulator.url}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    firestore: getFirestore(),
    async idToken(userId) {
      const token = await getAuth().createCustomToken(userId);
      const signIn = `http://${authEmulator.host}/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken?key=any`;
      const response = await fetch(signIn, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, returnSecureToken: true }),
      });
      return ((await response.json()) as { idToken: string }).idToken;
    },
    call: (name, data, headers) => post(name, JSON.stringify({ data }), headers),
    post,
    stopSql: () => server.close(),
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await deleteApp(getApp());
      await Promise.all([firestoreEmulator.close(), authEmulator.close(), server.close()]);
    },
  };
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
