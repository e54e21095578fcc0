import { ServiceBusClient, type ServiceBusClientOptions } from '@azure/service-bus';
import rhea from 'rhea';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { wrap } from '../src/amqp/request-response.ts';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
beforeAll(async () => {
  emulator = await startServiceBusEmulator({ topology: { queues: { q: {} } } });
});
afterAll(() => emulator.close());

async function roundTrip(
  connectionString: string,
  options: ServiceBusClientOptions,
): Promise<unknown> {
  const client = new ServiceBusClient(connectionString, options);
  await client.createSender('q').sendMessages({ body: 'there' });
  const receiver = client.createReceiver('q', { receiveMode: 'receiveAndDelete' });
  const [message] = await receiver.receiveMessages(1);
  await client.close();
  return message?.body;
}

/** Trusts the certificate of the emulator. */
class TrustingWebSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols, { ca: emulator.certificate });
  }
}

test('AMQP is served over WebSockets behind TLS, as clients ask for it', async () => {
  // The flag for emulators would ask for plain text; without it the client uses TLS.
  const secure = emulator.connectionString.replace('UseDevelopmentEmulator=true;', '');
  const options = { webSocketOptions: { webSocket: TrustingWebSocket } };
  // The client does not put the port of the endpoint into the URL of the WebSocket twice.
  expect(await roundTrip(secure, options as object)).toBe('there');
});

test('AMQP is served behind TLS, and whoever signs in with a password is let in', async () => {
  const container = rhea.create_container();
  const received = new Promise<unknown>((resolve) => {
    container.on('message', ({ message }: { message: { body: unknown } }) => {
      resolve(message.body);
    });
  });
  const connection = container.connect({
    transport: 'tls',
    host: '127.0.0.1',
    port: emulator.port,
    ca: emulator.certificate,
    username: 'anyone',
    password: 'anything',
    reconnect: false,
  });
  const sender = connection.open_sender('q');
  connection.open_receiver('q');
  sender.on('sendable', () => {
    if (sender.sendable()) sender.send({ body: 'through TLS' });
    sender.removeAllListeners('sendable');
  });
  expect(await received).toBe('through TLS');
  connection.close();
});

test('a transaction is refused instead of being ignored', async () => {
  const container = rhea.create_container();
  const connection = container.connect({
    host: '127.0.0.1',
    port: emulator.port,
    reconnect: false,
  });
  const sender = connection.open_sender({ autosettle: false });
  const coordinator = wrap.described(wrap.wrap_ulong(0x30), wrap.wrap_list([]));
  Object.assign((sender as unknown as { local: { attach: object } }).local.attach, {
    target: coordinator,
  });
  const error = await new Promise<unknown>((resolve) => {
    container.on('sender_error', () => {
      resolve(sender.error);
    });
  });
  expect(error).toMatchObject({ condition: 'amqp:not-implemented' });
  connection.close();
});
