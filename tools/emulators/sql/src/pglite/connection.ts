import type { Socket } from 'node:net';
import type { Backend } from './backend.ts';
import { isListen, splitNotifications, withoutCopyFromStdin } from './message-rules.ts';
import { StatementNames } from './statement-names.ts';
import { frame, FrameReader, wireString, type WireFrame } from './wire-frames.ts';

/** After these the backend answers ReadyForQuery (Query, Sync, FunctionCall). */
const ENDS_UNIT = new Set(['Q', 'S', 'F', 'startup']);
/** After these the client waits for an answer, ReadyForQuery or not. */
const ASKS = new Set([...ENDS_UNIT, 'H']);

const ROLLBACK = frame('Q', wireString('ROLLBACK'));
/** Ends a unit that the client left half sent, so that the next client starts a new one. */
const SYNC = frame('S');

/** What connections have in common. */
export interface ConnectionContext {
  readonly backend: Backend;
  /** Sends NotificationResponse messages to every connection that listens. */
  notify(notifications: Buffer): void;
  failed(error: unknown): void;
}

/**
 * One client on PGlite's backend.
 *
 * - *idle*: nothing sent, or the last unit was answered outside a transaction: holds no turn.
 * - *asking*: a whole unit is there (up to Sync or Query); it waits for its turn and runs.
 * - *in transaction*: the turn is kept after the answer, so that no other client comes between.
 * - *gone*: the socket closed, however it did; an open transaction is rolled back, prepared
 *   statements are freed, the turn is given back.
 */
export class Connection {
  private readonly frames = new FrameReader();
  private readonly names: StatementNames;
  private readonly socket: Socket;
  private readonly context: ConnectionContext;
  private unit: Buffer[] = [];
  private working: Promise<void> = Promise.resolve();
  private gone = false;
  private listens = false;
  /** Between a Flush and its Sync. */
  private midUnit = false;
  /** Settles when the connection has left nothing behind. */
  readonly closed: Promise<void>;

  constructor(number: number, socket: Socket, context: ConnectionContext) {
    this.names = new StatementNames(number);
    this.socket = socket;
    this.context = context;
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => {
      this.frames.push(data);
      this.working = this.working.then(() => this.answer()).catch(this.fail);
    });
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.gone = true;
        this.working = this.working.then(() => this.cleanUp()).catch(this.fail);
        void this.working.then(resolve);
      });
    });
  }

  disconnect(): void {
    this.socket.destroy();
  }

  deliver(notifications: Buffer): void {
    if (this.listens && !this.gone) this.socket.write(notifications);
  }

  private readonly fail = (error: unknown): void => {
    this.context.backend.turns.give(this);
    this.socket.destroy();
    this.context.failed(error);
  };

  private async answer(): Promise<void> {
    for (let next = this.frames.next(); next && !this.gone; next = this.frames.next()) {
      if (next.type === 'encryption') this.socket.write('N');
      // PGlite has one thread: when a request to cancel is read, no statement is running.
      else if (next.type === 'cancel' || next.type === 'X') this.socket.end();
      else await this.handle(next);
    }
  }

  private async handle(message: WireFrame): Promise<void> {
    if (isListen(message)) this.listens = true;
    this.unit.push(this.names.rename(withoutCopyFromStdin(message)));
    if (!ASKS.has(message.type)) return;
    const { backend } = this.context;
    await backend.turns.take(this);
    // The client may have gone while it waited: what it asked for last is not done then.
    if (this.gone) return;
    this.midUnit = !ENDS_UNIT.has(message.type);
    const answer = await backend.run(Buffer.concat(this.unit.splice(0)));
    if (!this.midUnit && !backend.isInTransaction()) backend.turns.give(this);
    const { rest, notifications } = splitNotifications(answer);
    if (!this.socket.destroyed) this.socket.write(rest);
    if (notifications.length > 0) this.context.notify(notifications);
  }

  private async cleanUp(): Promise<void> {
    const { backend } = this.context;
    await backend.turns.take(this);
    try {
      if (this.midUnit) await backend.run(SYNC);
      if (backend.isInTransaction()) await backend.run(ROLLBACK);
      const closes = this.names.closeAll();
      if (closes.length > 0) await backend.run(closes);
    } finally {
      backend.turns.give(this);
    }
  }
}
