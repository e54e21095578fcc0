import { readFile } from 'node:fs/promises';
import { entities, operations, type Entity, type FieldKind } from '@ayna/contract';
import {
  startFirestoreEmulator,
  type CloudFunction,
  type FirestoreEmulator,
} from '@ayna/emulator-firestore';
import { startServiceBusEmulator, type ServiceBusEmulator } from '@ayna/emulator-service-bus';
import {
  connectAdministration,
  connectServiceBus,
  mirrorTopology,
  provisionTopology,
} from '@ayna/service-bus';
import { Ajv, type ErrorObject } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { deleteApp, initializeApp } from 'firebase-admin/app';
import { FieldValue, GeoPoint, getFirestore, Timestamp } from 'firebase-admin/firestore';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { entityTitle } from '../src/event-catalogue/asyncapi.ts';

const page = new URL('../../../docs/events.asyncapi.yaml', import.meta.url);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(parse(await readFile(page, 'utf8')) as object, 'catalogue');

/** What the schema at a place of the catalogue has against a value. */
function faults(place: string, value: unknown): ErrorObject[] {
  const validate = ajv.getSchema(`catalogue#/components/${place}`);
  if (!validate) throw new Error(`the catalogue has nothing at ${place}`);
  return validate(value) === true ? [] : (validate.errors ?? []);
}

interface Published {
  readonly type: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

const valueOf: Readonly<Record<FieldKind, unknown>> = {
  text: 'merhaba 😀',
  json: everyValue(),
  timestamp: new Timestamp(1_767_225_600, 123_456_000),
  integer: 42,
  double: Number.NaN,
  boolean: true,
};
const LARGER_THAN_A_MESSAGE = 'ğ'.repeat(300_000);

let firestoreEmulator: FirestoreEmulator;
let broker: ServiceBusEmulator;
let published: Published[] = [];

beforeAll(async () => {
  [firestoreEmulator, broker] = await Promise.all([
    startFirestoreEmulator(),
    startServiceBusEmulator(),
  ]);
  Object.assign(process.env, {
    FIRESTORE_EMULATOR_HOST: firestoreEmulator.host,
    METADATA_SERVER_DETECTION: 'none',
    GCLOUD_PROJECT: 'catalogue',
    SERVICEBUS_CONNECTION_STRING: broker.connectionString,
    LOG_LEVEL: 'warn',
  });
  const endpoint = { kind: 'connectionString', connectionString: broker.connectionString } as const;
  const topology = mirrorTopology();
  await provisionTopology(connectAdministration(endpoint), topology);
  for (const [name, mirror] of Object.entries(await import('@ayna/triggers'))) {
    firestoreEmulator.functions.register(mirror as unknown as CloudFunction, { name });
  }
  const app = initializeApp({ projectId: 'catalogue' }, 'catalogue');
  const firestore = getFirestore(app);
  for (const entity of entities) {
    const document = firestore.doc(pathOf(entity, 'life'));
    await document.create(documentOf(entity));
    await document.update({ notMirrored: everyValue() });
    await document.delete();
    await firestore.doc(pathOf(entity, 'large')).create({ notMirrored: LARGER_THAN_A_MESSAGE });
  }
  await firestoreEmulator.functions.drain();
  await deleteApp(app);
  published = await receive(endpoint.connectionString, topology.topic, 4 * entities.length);
});
afterAll(async () => {
  await Promise.all([firestoreEmulator.close(), broker.close()]);
});

describe.for(entities.map((entity) => [entity.name, entity] as const))('%s', ([, entity]) => {
  test.for(operations)('a real %s has the attributes and the data of the catalogue', (kind) => {
    const type = entity.eventType(kind);
    const events = published.filter((event) => event.type === type);
    expect(events.length).toBeGreaterThan(0);
    for (const { headers, body } of events) {
      expect(faults(`messages/${type}/headers`, headers)).toEqual([]);
      expect(faults(`messages/${type}/payload`, body)).toEqual([]);
      expect(Object.keys(headers).filter((name) => !declared(type, 'headers', name))).toEqual([]);
      expect(Object.keys(body).filter((name) => !declared(type, 'payload', name))).toEqual([]);
    }
  });

  test('the documents in real events are those of the catalogue', () => {
    const documents = published
      .filter(({ type }) => type.startsWith(`${entity.name}.`))
      .flatMap(({ body }) => [body.document, body.previousDocument])
      .filter((text) => typeof text === 'string');
    expect(documents).toHaveLength(4);
    for (const text of documents) {
      expect(faults(`schemas/${entityTitle(entity)}Document`, JSON.parse(text))).toEqual([]);
    }
  });

  test('a document that is too large travels as the claim check of the catalogue', () => {
    const [checked, ...more] = published.filter(
      ({ type, body }) => type === entity.eventType('create') && body.claimCheck === true,
    );
    expect(more).toEqual([]);
    expect(checked?.body.document).toBeNull();
  });
});

describe('the catalogue refuses', () => {
  const [first] = entities;
  const type = first?.eventType('create') ?? '';
  test.for([
    ['a create without a document', { document: null }],
    ['a claim check with a document', { claimCheck: true }],
    ['a version that is a number', { sourceVersion: 1 }],
    ['the operation of another type', { operation: 'delete' }],
    ['an attempt before the first', { attempt: 0 }],
  ] as const)('%s', ([, wrong]) => {
    const event = published.find((one) => one.type === type && one.body.claimCheck === false);
    expect(faults(`messages/${type}/payload`, { ...event?.body, ...wrong })).not.toEqual([]);
  });

  test('a document whose field is of another kind', () => {
    const schema = `schemas/${entityTitle({ name: 'dm.message' })}Document`;
    expect(faults(schema, { createdAt: '2026-01-01' })).not.toEqual([]);
    expect(faults(schema, { body: { __datatype__: 'timestamp' } })).not.toEqual([]);
  });
});

function declared(type: string, part: 'headers' | 'payload', name: string): boolean {
  return (
    ajv.getSchema(`catalogue#/components/messages/${type}/${part}/properties/${name}`) !== undefined
  );
}

async function receive(
  connectionString: string,
  topic: string,
  count: number,
): Promise<Published[]> {
  const client = connectServiceBus({ kind: 'connectionString', connectionString });
  const receiver = client.createReceiver(topic, 'sql-writer', { receiveMode: 'receiveAndDelete' });
  const events: Published[] = [];
  while (events.length < count) {
    const messages = await receiver.receiveMessages(count - events.length);
    for (const { applicationProperties: headers = {}, body } of messages) {
      const type = String(headers.cloudEvents_type);
      events.push({ type, headers, body: body as Published['body'] });
    }
  }
  await client.close();
  return events;
}

function pathOf(entity: Entity, name: string): string {
  return entity.path.format(Object.fromEntries(entity.key.map((param) => [param, name])));
}

function documentOf(entity: Entity): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(entity.fields).map(([name, { kind }]) => [name, valueOf[kind]]),
  );
}

/** A map with a value of every type that Firestore knows. */
function everyValue(): Record<string, unknown> {
  return {
    null: null,
    texts: ['', 'ş'],
    numbers: [1, -0.5, Number.NaN, Number.POSITIVE_INFINITY, -0],
    geopoint: new GeoPoint(41, 29),
    timestamp: new Timestamp(0, 1_000),
    bytes: Buffer.from('ayna'),
    vector: FieldValue.vector([1, 2.5]),
    map: { nested: { deep: true } },
  };
}
