import { Firestore, type Settings } from '@google-cloud/firestore';
import {
  startFirestoreEmulator,
  type FirestoreEmulator,
  type FirestoreEmulatorOptions,
} from '../src/index.ts';

/** An emulator and the real client connected to it, stopped together at the end of the scope. */
export interface Fixture extends AsyncDisposable {
  readonly emulator: FirestoreEmulator;
  readonly firestore: Firestore;
  /** Another client of the same emulator. */
  connect(settings?: Settings): Firestore;
}

export async function startFixture(options: FirestoreEmulatorOptions = {}): Promise<Fixture> {
  const emulator = await startFirestoreEmulator(options);
  process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
  const clients: Firestore[] = [];
  const connect = (settings: Settings = {}) => {
    const client = new Firestore({
      projectId: 'demo',
      ...settings,
    });
    clients.push(client);
    return client;
  };
  return {
    emulator,
    firestore: connect(),
    connect,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client.terminate()));
      await emulator.close();
    },
  };
}
