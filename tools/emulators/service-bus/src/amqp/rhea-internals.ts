import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';

/**
 * What the broker uses of `rhea` 3.0.5 that its own types leave out or call `any`. rhea is pinned: each of
 * these is an internal that may change without notice, and the tests of `rhea-patches` watch over them.
 */

/** An AMQP error, as rhea encodes it. */
export interface WireError {
  readonly condition: string;
  readonly description?: string | undefined;
  readonly info?: Readonly<Record<string, unknown>>;
}

export interface RheaConnection extends EventEmitter {
  readonly socket: Duplex;
  readonly local: { readonly close: { error: unknown } };
  readonly remote: { readonly open: { readonly hostname?: string } | undefined };
  readonly amqp_transport: { readonly pending: unknown[] };
  /** Size of the frame of which a part has been read. */
  readonly frame_size: number | undefined;
  accept(socket: Duplex): void;
  input(bytes: Buffer): void;
  output(): void;
  close(error?: WireError): void;
  is_open(): boolean;
  _process(): void;
  /** Ends what is left of a connection whose socket is gone, its timers too. */
  _disconnected(): void;
  _register(): void;
  /** Without a frame: an empty one, which says only that we are there. */
  _write_frame(channel?: number, frame?: unknown): void;
  _write_close(): void;
}

export interface RheaSession {
  readonly connection: RheaConnection;
  readonly outgoing: {
    readonly deliveries: { available(): number };
    /** Answers that are written together at the end of the turn. */
    readonly pending_dispositions: PendingAnswer[];
    update(delivery: OutgoingDelivery, settled: boolean, state?: unknown): void;
  };
  readonly incoming: {
    updated: PendingAnswer[];
    process(session: RheaSession): void;
    on_transfer(frame: TransferFrame, receiver: RheaReceiver): void;
  };
  remove(): void;
}

/** A delivery with the answer that it gets. */
export interface PendingAnswer {
  readonly id: number;
  readonly state: unknown;
  readonly settled: boolean;
  readonly link: {
    is_receiver(): boolean;
    readonly session: { output(frame: unknown): void };
  };
}

export interface TransferFrame {
  readonly performative: { message_format: number | undefined };
}

interface FlowFrame {
  readonly performative: { readonly echo: boolean | undefined };
}

/** The attach frame of a link; the broker's own may be changed until it is sent, on the next tick. */
interface Attach {
  snd_settle_mode: number | undefined;
  rcv_settle_mode: number | undefined;
  max_message_size: number | undefined;
  properties: unknown;
}

/** Source or target of a link, as the peer attached it. */
interface Terminus {
  readonly address: string | undefined;
  readonly filter: Readonly<Record<string, unknown>> | undefined;
}

interface RheaLink extends EventEmitter {
  readonly name: string;
  readonly session: RheaSession;
  readonly connection: RheaConnection;
  readonly source: Terminus | null;
  readonly target: Terminus | null;
  readonly properties: Readonly<Record<string, unknown>> | undefined;
  readonly snd_settle_mode: number | undefined;
  readonly rcv_settle_mode: number | undefined;
  readonly local: { readonly attach: Attach };
  readonly state: { local_open: boolean; open_requests: number };
  credit: number;
  delivery_count: number;
  issue_flow: boolean;
  set_source(fields: object): void;
  set_target(fields: object): void;
  open(): void;
  close(error?: WireError): void;
  is_open(): boolean;
  is_remote_open(): boolean;
}

export interface RheaSender extends RheaLink {
  _draining: boolean | undefined;
  _drained: boolean;
  _get_drain(): boolean;
  set_drained(drained: boolean): void;
  on_flow(frame: FlowFrame): void;
  send(payload: Buffer, tag: Buffer, format: number): OutgoingDelivery;
}

export interface RheaReceiver extends RheaLink {
  add_credit(credit: number): void;
}

/** A message on its way to a client. */
export interface OutgoingDelivery {
  readonly id: number;
  readonly remote_state: Outcome | undefined;
  settled: boolean;
  remote_settled: boolean;
  update(settled: boolean, state?: unknown): void;
}

/** A message from a client. */
export interface IncomingDelivery {
  readonly format: number;
  readonly remote_settled: boolean;
  update(settled: boolean, state?: unknown): void;
}

/** What a client says became of a message (AMQP 1.0, part 3: Messaging, 3.4). */
interface Outcome {
  readonly error?: { readonly info?: unknown };
  readonly delivery_failed?: boolean;
  readonly undeliverable_here?: boolean;
  readonly message_annotations?: unknown;
}

/** What rhea passes to listeners; which parts are there depends on the event. */
export interface RheaEvent {
  readonly connection: RheaConnection;
  readonly session?: RheaSession;
  readonly sender?: RheaSender;
  readonly receiver?: RheaReceiver;
  readonly delivery?: OutgoingDelivery & IncomingDelivery;
  readonly message?: Buffer;
}
