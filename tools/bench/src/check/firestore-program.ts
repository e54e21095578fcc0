import { startFirestoreEmulator } from '@ayna/emulator-firestore';

/**
 * A program: an embedded Firestore, with no triggers. It tells `{ host }`, the value for
 * FIRESTORE_EMULATOR_HOST, and stops with SIGTERM.
 */
const emulator = await startFirestoreEmulator();
process.send?.({ host: emulator.host });
process.once('SIGTERM', () => {
  void emulator.close().then(() => process.exit(0));
});
