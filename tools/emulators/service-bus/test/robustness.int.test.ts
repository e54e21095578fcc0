import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { ServiceBusClient } from '@azure/service-bus';
import rhea from 'rhea';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceBusEmulator, type ServiceBusEmulator } from '../src/index.ts';

let emulator: ServiceBusEmulator;
beforeAll(async () => {
  emulator = await startServiceBusEmulator({ topology: { queues: { q: {} } } });
});
afterAll(() => emulator.close());

async function dial(): Promise<Socket> {
  const socket = connect(emulator.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

async function stillServes(): Promise<void> {
  const client = new ServiceBusClient(emulator.connectionString);
  await client.createSender('q').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('q', { receiveMode: 'receiveAndDelete' });
  expect(await receiver.receiveMessages(1)).toHaveLength(1);
  await client.close();
}

const AMQP = Buffer.from('AMQP\0\u0001\0\0', 'latin1');
const OPEN = Buffer.from('0000001102000000005310c00401a10161', 'hex');

test.each([
  ['a protocol nobody knows', Buffer.from('AMQP\0\u0000\u0009\u0001', 'latin1')],
  ['nonsense behind the header', Buffer.concat([AMQP, Buffer.alloc(64, 0xee)])],
  ['a frame without length', Buffer.concat([AMQP, Buffer.alloc(16)])],
  [
    'a frame for a session that was not begun',
    Buffer.concat([AMQP, OPEN, Buffer.from('0000000c0200000700531745', 'hex')]),
  ],
  ['a frame of 4 GB', Buffer.concat([AMQP, OPEN, Buffer.from('ffffffff0200000000', 'hex')])],
  ['TLS that is none', Buffer.from('16030100ff0102030405', 'hex')],
  ['HTTP that is none', Buffer.from('NONSENSE\r\n\r\n')],
])('%s closes that connection and no other', async (_what, bytes) => {
  const socket = await dial();
  socket.resume();
  socket.write(bytes);
  if (bytes[0] === 0x16) socket.end();
  await once(socket, 'close');
  await stillServes();
});

test.each([
  ['ends in the middle', '0053'],
  ['has properties that are no map', '005374a10178'],
  ['has more fields than bytes', '005373c00305a101'],
])('a message that %s closes the connection with an error', async (_how, hex) => {
  const container = rhea.create_container();
  const connection = container.connect({
    port: emulator.port,
    host: '127.0.0.1',
    reconnect: false,
  });
  const sender = connection.open_sender('q');
  const closed = new Promise<unknown>((resolve) => {
    container.on('connection_error', () => {
      resolve(connection.error);
    });
    container.on('disconnected', () => {
      resolve(connection.error);
    });
  });
  await once(sender, 'sendable');
  sender.send(Buffer.from(hex, 'hex'), 'tag', 0x1);
  expect(await closed).toMatchObject({ condition: 'amqp:decode-error' });
  await stillServes();
});
