import type {
  ChangeFrame,
  Channel,
  ClientFrame,
  OpenFrame,
  ServerFrame,
} from '@ayna/contract/realtime';
import type { WebSocketConstructor, WebSocketEvent, WebSocketPort } from '../src/index.ts';

type Listener = (event: WebSocketEvent) => void;

/** One connection that a client has made, from the hub's side. */
export interface ScriptedSocket {
  /** What the client has said. */
  readonly said: ClientFrame[];
  /** The client has closed it. */
  readonly isClosedByClient: boolean;
  /** The connection is made; the client says who it is. */
  accept(): OpenFrame;
  push(...frames: ServerFrame[]): void;
  /** Any text. */
  pushText(text: string): void;
  /** The hub closes it, or with 1006 the network. */
  end(code: number): void;
}

/** A hub that does what the test says, and nothing by itself. */
export interface ScriptedHub {
  readonly WebSocket: WebSocketConstructor;
  readonly sockets: ScriptedSocket[];
  /** The newest connection. */
  socket(): ScriptedSocket;
}

export function scriptedHub(): ScriptedHub {
  const sockets: ScriptedSocket[] = [];
  class FakeSocket implements WebSocketPort, ScriptedSocket {
    readonly #listeners = new Map<string, Listener[]>();
    readonly said: ClientFrame[] = [];
    isClosedByClient = false;

    constructor() {
      sockets.push(this);
    }

    addEventListener(type: string, listener: Listener): void {
      this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
    }

    send(text: string): void {
      this.said.push(JSON.parse(text) as ClientFrame);
    }

    close(): void {
      this.isClosedByClient = true;
    }

    accept(): OpenFrame {
      this.#emit({ type: 'open' });
      const [open] = this.said;
      if (open?.type !== 'open') throw new Error('the client did not open');
      return open;
    }

    push(...frames: ServerFrame[]): void {
      for (const frame of frames) this.pushText(JSON.stringify(frame));
    }

    pushText(text: string): void {
      this.#emit({ type: 'message', data: text });
    }

    end(code: number): void {
      this.#emit({ type: 'close', code });
    }

    #emit(event: WebSocketEvent): void {
      for (const listener of this.#listeners.get(event.type) ?? []) listener(event);
    }
  }
  return {
    WebSocket: FakeSocket,
    sockets,
    socket() {
      const socket = sockets.at(-1);
      if (!socket) throw new Error('there is no connection');
      return socket;
    },
  };
}

export const opened = (cursor = 'e.0', userId = 'ada'): ServerFrame => ({
  type: 'opened',
  protocol: 1,
  userId,
  cursor,
  heartbeatMs: 25_000,
  expiresAt: '2030-01-01T00:00:00Z',
});
export const live = (at: number): ServerFrame => ({ type: 'live', cursor: `e.${at}` });

/** A change at a place of the log. */
export const change = (
  at: number,
  messageId: string,
  version: number,
  more: Partial<ChangeFrame> = {},
): ChangeFrame => ({
  type: 'change',
  cursor: `e.${at}`,
  entity: 'dm.message',
  operation: 'update',
  key: { conversationId: 'c', messageId },
  version: String(version),
  columns: {},
  omitted: false,
  late: false,
  ...more,
});
export const channelsFrame = (at: number, ...channels: Channel[]): ServerFrame => ({
  type: 'channels',
  cursor: `e.${at}`,
  channels,
});
