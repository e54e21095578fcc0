import { startFirestoreEmulator } from '@ayna/emulator-firestore';

/**
 * A program: an embedded Firestore whose changes go through the trigger functions to the topic.
 * It tells `{ host }`, the value for FIRESTORE_EMULATOR_HOST, and stops with SIGTERM.
 */
const emulator = await startFirestoreEmulator();
process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
const triggers = await import('@ayna/triggers');
for (const [name, trigger] of Object.entries(triggers)) {
  if (trigger) emulator.functions.register(trigger, { name });
}
process.send?.({ host: emulator.host });
process.once('SIGTERM', () => {
  void emulator.close().then(() => process.exit(0));
});
