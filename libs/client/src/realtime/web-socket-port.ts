/** What a WebSocket tells; which of the fields are there depends on the type. */
export interface WebSocketEvent {
  readonly type: string;
  /** Of a `message`. */
  readonly data?: unknown;
  /** Of a `close`. */
  readonly code?: number;
}

/** The part of a WebSocket that is used: those of browsers, React Native, Node and `ws` have it. */
export interface WebSocketPort {
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: WebSocketEvent) => void,
  ): void;
  send(text: string): void;
  close(code?: number): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketPort;
