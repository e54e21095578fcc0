import { entities } from '@ayna/contract';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import {
  connectAdministration,
  connectServiceBus,
  DEFAULT_SQL_WRITER_SUBSCRIPTION,
  DEFAULT_TOPIC,
  fromMessage,
  mirrorTopology,
  provisionTopology,
} from '@ayna/service-bus';
import { initializeApp } from 'firebase-admin/app';
import { getFirestore } from 'firebase-admin/firestore';

const PROJECT = 'demo-example';

const firestore = await startFirestoreEmulator();
const broker = await startServiceBusEmulator();
Object.assign(process.env, {
  FIRESTORE_EMULATOR_HOST: firestore.host,
  SERVICEBUS_CONNECTION_STRING: broker.connectionString,
  GOOGLE_CLOUD_PROJECT: PROJECT,
  GCLOUD_PROJECT: PROJECT,
  // Without it, Google's client libraries look for a metadata server that is not there.
  METADATA_SERVER_DETECTION: 'none',
});
const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
await provisionTopology(connectAdministration(endpoint), mirrorTopology());

initializeApp({ projectId: PROJECT });
const { onMessageWritten } = await import('./functions.ts');
firestore.functions.register(onMessageWritten as never, { name: 'onMessageWritten' });

await getFirestore().doc('conversations/c1/messages/m1').set({ authorId: 'ayşe', body: 'merhaba' });

const client = connectServiceBus(endpoint);
const receiver = client.createReceiver(DEFAULT_TOPIC, DEFAULT_SQL_WRITER_SUBSCRIPTION);
const [message] = await receiver.receiveMessages(1);
if (!message) throw new Error('no event came');
const { event } = fromMessage(entities, message);
console.log(`${event.type} ${event.subject} ${event.data.document ?? ''}`);
await receiver.completeMessage(message);
await client.close();
await broker.close();
await firestore.close();
process.exit(0);
