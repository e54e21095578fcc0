import { startFirestoreEmulator, type CloudFunction } from '@ayna/emulator-firestore';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';

/**
 * The trigger functions as an instance in the cloud: beside a Firestore of their own, in which the
 * documents of its argument, a JSON object of texts by path, are written. It runs until
 * SIGTERM and says `delivered` when all triggers are through.
 */
const emulator = await startFirestoreEmulator();
process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
for (const [name, mirror] of Object.entries(await import('@ayna/triggers'))) {
  emulator.functions.register(mirror as unknown as CloudFunction, { name });
}
const app = initializeApp({ projectId: 'secrets' }, 'secrets');
const documents = JSON.parse(process.argv[2] ?? '{}') as Record<string, string>;
for (const [path, body] of Object.entries(documents)) {
  await getFirestore(app).doc(path).set({ body });
}
await emulator.functions.drain();
process.stdout.write('delivered\n');
