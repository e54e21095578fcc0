import type { ClientFrame, ServerFrame } from '@ayna/contract/realtime';
import type { Clock } from '../ports/clock.ts';
import type { WebSocketConstructor, WebSocketEvent, WebSocketPort } from './web-socket-port.ts';

export interface HubConnectionOptions {
  readonly url: string;
  readonly WebSocket: WebSocketConstructor;
  readonly clock: Clock;
  /** Makes the first frame, when there is a connection. */
  readonly open: () => ClientFrame;
  /** How long the hub may say nothing at first, in milliseconds. */
  readonly openTimeoutMs: number;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Called once, as the last thing: with the code of the close, or what could not be understood. */
  readonly onEnd: (code: number | undefined, error?: unknown) => void;
}

/** One WebSocket, from its first frame to its end. After `end` it tells nothing more. */
export class HubConnection {
  readonly #options: HubConnectionOptions;
  readonly #socket: WebSocketPort;
  #isEnded = false;
  #silenceMs: number;
  #heardAt: number;
  #stopWatching: () => void = () => undefined;

  /** @throws what the constructor of the WebSocket throws, for a URL that is none */
  constructor(options: HubConnectionOptions) {
    const { url, WebSocket, clock, open, openTimeoutMs } = options;
    this.#options = options;
    this.#socket = new WebSocket(url);
    this.#silenceMs = openTimeoutMs;
    this.#heardAt = clock.elapsed();
    this.#watch(openTimeoutMs);
    this.#socket.addEventListener('open', () => this.send(open()));
    this.#socket.addEventListener('message', (event) => this.#hear(event));
    this.#socket.addEventListener('close', ({ code }) => this.end(code));
    // A close follows; without a listener some would throw.
    this.#socket.addEventListener('error', () => undefined);
  }

  send(frame: ClientFrame): void {
    if (this.#isEnded) return;
    try {
      this.#socket.send(JSON.stringify(frame));
    } catch {
      // It is closing, which will be told.
    }
  }

  /** Closes it, whatever its state, and tells so at once: a dead one would say nothing for long. */
  end(code?: number, error?: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopWatching();
    try {
      this.#socket.close(NORMAL);
    } catch {
      // It is closed.
    }
    this.#options.onEnd(code, error);
  }

  #hear({ data }: WebSocketEvent): void {
    if (this.#isEnded) return;
    this.#heardAt = this.#options.clock.elapsed();
    try {
      const frame = JSON.parse(String(data)) as ServerFrame;
      if (frame.type === 'opened') {
        this.#silenceMs = 2 * frame.heartbeatMs;
        this.#stopWatching();
        this.#watch(this.#silenceMs);
      }
      this.#options.onFrame(frame);
    } catch (error) {
      this.end(undefined, error);
    }
  }

  #watch(milliseconds: number): void {
    const { clock } = this.#options;
    this.#stopWatching = clock.after(milliseconds, () => {
      const leftMs = this.#silenceMs - (clock.elapsed() - this.#heardAt);
      // Whole: a rest of rounding would be over at once, and be left again.
      if (leftMs > 0) this.#watch(Math.ceil(leftMs));
      else this.end();
    });
  }
}

const NORMAL = 1000;
