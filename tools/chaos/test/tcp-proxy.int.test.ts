import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTcpProxy, type TcpProxy } from '../src/network/tcp-proxy.ts';

/** A server that sends back what it gets, and counts it. */
let echo: ReturnType<typeof createServer>;
let received = 0;
let proxy: TcpProxy;

beforeEach(async () => {
  received = 0;
  echo = createServer((socket) => {
    socket.on('data', (data) => {
      received += data.length;
      socket.write(data);
    });
    socket.on('error', () => undefined);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await openTcpProxy({ host: '127.0.0.1', port: (echo.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.close();
  echo.close();
});

interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly error: () => string | undefined;
}

function client(): Client {
  const socket = connect(proxy.port, '127.0.0.1');
  let text = '';
  let error: string | undefined;
  socket.on('data', (data) => (text += data.toString()));
  socket.on('error', (cause) => (error = (cause as NodeJS.ErrnoException).code));
  return { socket, text: () => text, error: () => error };
}

describe('a proxy', () => {
  test('carries bytes both ways', async () => {
    const one = client();
    one.socket.write('hello');
    await expect.poll(one.text).toBe('hello');
  });

  test('resets the connections there are; new ones work', async () => {
    const one = client();
    one.socket.write('a');
    await expect.poll(one.text).toBe('a');
    expect(proxy.reset()).toBe(1);
    await expect.poll(one.error).toBe('ECONNRESET');
    const two = client();
    two.socket.write('b');
    await expect.poll(two.text).toBe('b');
  });

  test('cuts and refuses every connection until it admits them again, whatever is healed meanwhile', async () => {
    const one = client();
    one.socket.write('a');
    await expect.poll(one.text).toBe('a');
    proxy.refuse();
    await expect.poll(one.error).toBe('ECONNRESET');
    proxy.heal();
    const refused = client();
    await expect.poll(refused.error).toBe('ECONNRESET');
    proxy.admit();
    const two = client();
    two.socket.write('b');
    await expect.poll(two.text).toBe('b');
    expect(received).toBe(2);
  });

  test('holds bytes back while it is stalled, and loses none', async () => {
    const one = client();
    one.socket.write('a');
    await expect.poll(one.text).toBe('a');
    proxy.stall('toClient');
    one.socket.write('b');
    await expect.poll(() => received).toBe(2);
    expect(one.text()).toBe('a');
    proxy.heal();
    await expect.poll(one.text).toBe('ab');
  });

  test('loses every byte of a silenced connection, and never closes it; new ones work', async () => {
    const one = client();
    one.socket.write('a');
    await expect.poll(one.text).toBe('a');
    expect(proxy.silence('toServer')).toBe(1);
    one.socket.end('lost');
    const two = client();
    two.socket.write('b');
    await expect.poll(two.text).toBe('b');
    expect({ received, closed: one.socket.closed, text: one.text() }).toEqual({
      received: 2,
      closed: false,
      text: 'a',
    });
  });

  test('answers with a reset when there is no server', async () => {
    echo.close();
    const one = client();
    await expect.poll(one.error).toBe('ECONNRESET');
  });

  test('carries everything while it is slow', async () => {
    proxy.slow({ latencyMs: 1, bytesPerSecond: 10_000_000 });
    const one = client();
    const sent = 'x'.repeat(300_000);
    one.socket.write(sent);
    await expect.poll(() => one.text().length).toBe(sent.length);
  });
});
