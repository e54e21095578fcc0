import { credentials, Client, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startFixture, type Fixture } from './fixture.ts';

let fixture: Fixture;
let client: Client;
beforeEach(async () => {
  fixture = await startFixture();
  client = new Client(fixture.emulator.host, credentials.createInsecure());
});
afterEach(async () => {
  client.close();
  await fixture[Symbol.asyncDispose]();
});

/** Sends raw bytes to a unary method and gives the status code of the answer, 0 for success. */
function callRaw(method: string, bytes: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const same = (value: Buffer) => value;
    const path = `/google.firestore.v1.Firestore/${method}`;
    client.makeUnaryRequest(path, same, same, bytes, (error: ServiceError | null) => {
      resolve(error?.code ?? 0);
    });
  });
}

test('a request that cannot be decoded is refused with INVALID_ARGUMENT', async () => {
  for (const method of ['Commit', 'BatchWrite', 'GetDocument', 'ListDocuments', 'Rollback']) {
    expect(await callRaw(method, Buffer.from('ffffffffff', 'hex'))).toBe(3);
  }
});

test('an empty request is refused with INVALID_ARGUMENT', async () => {
  for (const method of ['Commit', 'GetDocument', 'CreateDocument', 'PartitionQuery']) {
    expect(await callRaw(method, Buffer.alloc(0))).toBe(3);
  }
});

test('an unknown transaction is refused with INVALID_ARGUMENT', async () => {
  const database = 'projects/demo/databases/(default)';
  const field = (tag: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
  const request = Buffer.concat([
    field(0x0a, Buffer.from(database)),
    field(0x1a, Buffer.from('unknown')),
  ]);
  expect(await callRaw('Commit', request)).toBe(3);
});

test('the emulator goes on serving after refusals', async () => {
  await callRaw('Commit', Buffer.from('ffffffffff', 'hex'));
  await fixture.firestore.doc('c/a').set({ n: 1 });
  expect((await fixture.firestore.doc('c/a').get()).get('n')).toBe(1);
});
