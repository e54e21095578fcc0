import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAuthEmulator } from '@ayna/emulator-auth';
import { startFirestoreEmulator } from '@ayna/emulator-firestore';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { startPostgres } from '@ayna/emulator-sql';
import {
  connectAdministration,
  connectServiceBus,
  mirrorTopology,
  provisionTopology,
} from '@ayna/service-bus';
import { migrate, openDatabase, type Database } from '@ayna/sql-gateway';
import { idTokenOf } from '@ayna/test-clients';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { getFirestore, type Firestore } from 'firebase-admin/firestore';
import { sql } from 'kysely';
import { plantSecret } from '../src/planted-secret.ts';
import { unusedPort } from '../src/program.ts';

/** What lets somebody in: nothing may ever let these out. */
export const keys = {
  postgres: plantSecret('the password of PostgreSQL'),
  sqlServer: plantSecret('the password of SQL Server', ['/', '+', '@#:']),
  sqlToken: plantSecret('the access token of SQL Server', ['.', '_', '-']),
  broker: plantSecret('the key of Service Bus', ['/', '+', '=']),
  wrong: plantSecret('a password that is wrong'),
  webPubSub: plantSecret('the key of Web PubSub', ['/', '+', '=']),
  redis: plantSecret('the password of Redis'),
  insights: plantSecret('the key of Application Insights', ['-', '-', '-']),
  collector: plantSecret('the token of a collector', ['.', '_', '-']),
  credentials: plantSecret('the private key of Google', ['/', '+', '\\n']),
  idToken: plantSecret('an ID token', ['.', '_', '-']),
  appCheck: plantSecret('an App Check token', ['.', '_', '-']),
};

/** What users wrote: only `ayna dlq show` and the record of a discard may hold it. */
export const contents = {
  body: plantSecret('the text of a message', [' "', "' ", '\\ 😀 ']),
  large: plantSecret('the text of a claim check', [' "', "' ", '\\ 😀 ']),
  broken: plantSecret('the text of a message that breaks the contract', [' "', "' ", '\\ 😀 ']),
  refused: plantSecret('the text of a message that SQL refuses', [' "', "' ", '\\ 😀 ']),
  preview: plantSecret('the preview of a conversation', [' "', "' ", '\\ 😀 ']),
};

export const encoded = (text: string): string => encodeURIComponent(text);

/** The ends of the mirror, each with a planted secret before it. */
export interface GuardedEnds extends AsyncDisposable {
  /** The settings of all programs, trace logs included. */
  readonly env: Readonly<Record<string, string>>;
  readonly firestore: Firestore;
  readonly database: Database;
  readonly postgresPort: number;
  readonly brokerPort: number;
  /** A port that nobody listens on. */
  readonly deafPort: number;
  /** Puts messages on the topic as they are. */
  publishRaw(messages: readonly RawMessage[]): Promise<void>;
  /** A real ID token. */
  idToken(userId: string): Promise<string>;
  /** An empty folder for a program to run in; it goes with the ends. */
  folder(): Promise<string>;
}

interface RawMessage {
  readonly type: string;
  readonly subject: string;
  readonly body: unknown;
}

const PROJECT = 'secrets';

export async function openGuardedEnds(): Promise<GuardedEnds> {
  const directory = await mkdtemp(join(tmpdir(), 'ayna-secrets-'));
  const [firestoreEmulator, auth, broker, postgres, deafPort] = await Promise.all([
    startFirestoreEmulator(),
    startAuthEmulator({ projectId: PROJECT }),
    startServiceBusEmulator({ sharedAccessKey: keys.broker.text }),
    startPostgres(),
    unusedPort(),
  ]);
  {
    await using admin = openDatabase({ url: postgres.url });
    const password = keys.postgres.text.replaceAll("'", "''");
    await sql
      .raw(`CREATE ROLE guarded SUPERUSER LOGIN PASSWORD '${password}'`)
      .execute(admin.kysely);
  }
  const url = `postgresql://guarded:${encoded(keys.postgres.text)}@127.0.0.1:${postgres.port}/postgres`;
  const database = openDatabase({ url });
  await migrate(database);
  const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
  const topology = mirrorTopology();
  await provisionTopology(connectAdministration(endpoint), topology);
  process.env.FIRESTORE_EMULATOR_HOST = firestoreEmulator.host;
  process.env.METADATA_SERVER_DETECTION = 'none';
  const app = initializeApp({ projectId: PROJECT }, PROJECT);
  const firestore = getFirestore(app);
  const credentials = join(directory, 'credentials.json');
  await writeFile(credentials, JSON.stringify(serviceAccount()));
  let folders = 0;
  return {
    env: {
      LOG_LEVEL: 'trace',
      GOOGLE_CLOUD_PROJECT: PROJECT,
      GCLOUD_PROJECT: PROJECT,
      GOOGLE_APPLICATION_CREDENTIALS: credentials,
      FIRESTORE_EMULATOR_HOST: firestoreEmulator.host,
      FIREBASE_AUTH_EMULATOR_HOST: auth.host,
      DATABASE_URL: url,
      SERVICEBUS_CONNECTION_STRING: broker.connectionString,
      WEBPUBSUB_CONNECTION_STRING: `Endpoint=http://127.0.0.1:${deafPort};AccessKey=${keys.webPubSub.text};Version=1.0;`,
      REDIS_URL: `redis://user:${encoded(keys.redis.text)}@127.0.0.1:${deafPort}`,
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${keys.insights.text};IngestionEndpoint=http://127.0.0.1:${deafPort}/`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${deafPort}`,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encoded(`Bearer ${keys.collector.text}`)}`,
      HOST: '127.0.0.1',
    },
    firestore,
    database,
    postgresPort: postgres.port,
    brokerPort: broker.port,
    deafPort,
    idToken: (userId) => idTokenOf(auth.host, userId),
    async publishRaw(messages) {
      const client = connectServiceBus(endpoint);
      const sender = client.createSender(topology.topic);
      for (const message of messages) await sender.sendMessages(rawMessage(message));
      await client.close();
    },
    folder: () => mkdtemp(join(directory, `${(folders += 1)}-`)),
    async [Symbol.asyncDispose]() {
      await database.close();
      await deleteApp(app);
      await Promise.all([
        firestoreEmulator.close(),
        auth.close(),
        broker.close(),
        postgres.close(),
      ]);
      await rm(directory, { recursive: true });
    },
  };
}

let published = 0;

function rawMessage({ type, subject, body }: RawMessage) {
  return {
    messageId: `raw-${(published += 1)}`,
    contentType: 'application/json',
    applicationProperties: {
      cloudEvents_specversion: '1.0',
      cloudEvents_id: `raw-${published}`,
      cloudEvents_type: type,
      cloudEvents_source: '//test',
      cloudEvents_subject: subject,
      cloudEvents_time: new Date().toISOString(),
      cloudEvents_contractversion: 2,
    },
    body,
  };
}

function serviceAccount() {
  return {
    type: 'service_account',
    project_id: PROJECT,
    private_key_id: 'id',
    private_key: `-----BEGIN PRIVATE KEY-----\n${keys.credentials.text}\n-----END PRIVATE KEY-----\n`,
    client_email: 'ayna@secrets.example',
    client_id: '1',
    token_uri: 'https://oauth2.googleapis.invalid/token',
  };
}
