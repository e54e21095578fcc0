import {
  serverFrameSchema,
  type ChangeFrame,
  type Channel,
  type ClientFrame,
  type ServerFrame,
} from '@ayna/contract/realtime';
import { WebSocket, type ClientOptions } from 'ws';

/** A client that keeps what it is sent. */
export interface TestClient {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[];
  readonly changes: ChangeFrame[];
  /** The newest cursor. */
  readonly cursor: string | undefined;
  /** Resolves when it is connected, opened, and has what it missed. */
  readonly live: Promise<unknown>;
  /** Resolves with why it was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  say(frame: ClientFrame): void;
  /** Cuts the connection, as a network does. */
  cut(): Promise<void>;
}

export interface ConnectOptions {
  readonly token: string;
  readonly channels?: readonly Channel[];
  readonly cursor?: string | undefined;
  readonly socket?: ClientOptions;
}

/** Connects to a hub and opens. */
export function connectClient(
  port: number,
  { token, channels = ['me'], cursor, socket: options }: ConnectOptions,
): TestClient {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/realtime`, options);
  const frames: ServerFrame[] = [];
  const changes: ChangeFrame[] = [];
  let newest = cursor;
  const live = Promise.withResolvers<undefined>();
  live.promise.catch(() => undefined);
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    // Not `once` of `node:events`: a socket that is cut while it connects says `error` first.
    socket.on('close', (code: number, reason: Buffer) => {
      live.reject(new Error(`closed with ${code} ${reason.toString()}`));
      resolve({ code, reason: reason.toString() });
    });
  });
  const say = (frame: ClientFrame) => {
    socket.send(JSON.stringify(frame));
  };
  socket.on('error', () => undefined);
  socket.on('open', () => {
    say({
      type: 'open',
      protocol: 1,
      token,
      channels,
      ...(cursor === undefined ? {} : { cursor }),
    });
  });
  socket.on('message', (data: Buffer) => {
    const frame = serverFrameSchema.parse(JSON.parse(data.toString()));
    frames.push(frame);
    if ('cursor' in frame) newest = frame.cursor;
    if (frame.type === 'change') changes.push(frame);
    if (frame.type === 'live') live.resolve(undefined);
  });
  return {
    socket,
    frames,
    changes,
    get cursor() {
      return newest;
    },
    live: live.promise,
    closed,
    say,
    async cut() {
      socket.terminate();
      await closed;
    },
  };
}
