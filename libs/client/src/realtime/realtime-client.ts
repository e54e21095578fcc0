import type {
  ChangeFrame,
  Channel,
  OpenedFrame,
  RemovedFrame,
  REALTIME_PROTOCOL,
  ServerFrame,
} from '@ayna/contract/realtime';
import { onceOnline } from '../online.ts';
import { systemClock, type Clock } from '../ports/clock.ts';
import { backoffMs } from '../queue/backoff.ts';
import { afterClose, GOING_AWAY, UNAUTHENTICATED } from './after-close.ts';
import { ChannelList } from './channel-list.ts';
import { CursorStore } from './cursor-store.ts';
import { HubConnection } from './hub-connection.ts';
import { Inbox } from './inbox.ts';
import type { RealtimeIssueListener } from './realtime-issue.ts';
import {
  DEFAULT_REALTIME_LIMITS,
  type RealtimeClientOptions,
  type RealtimeLimits,
  type RealtimeReset,
  type RealtimeStatus,
} from './realtime-options.ts';
import { SeenChanges } from './seen-changes.ts';

const PROTOCOL: typeof REALTIME_PROTOCOL = 1;
/** Clients that were sent away come back over so many milliseconds, not all at once. */
const RETURN_OVER_MS = 1_000;
/** A connection that was live for so long was a good one. */
const GOOD_AFTER_MS = 10_000;
const TOLD_AFTER_FAILURES = 3;

/** The frames that move the cursor on, and so are taken in their order. */
type PlacedFrame = Exclude<Extract<ServerFrame, { readonly cursor: string }>, OpenedFrame>;

interface Ending {
  readonly code: number | undefined;
  readonly error: unknown;
}

/**
 * Listens to the hub for one user, from the first channel until it is closed.
 *
 * Each change is delivered once, as long as the page lives, and never one that is older than what was
 * delivered of the same document. The place up to which everything was delivered is kept in the
 * storage: a lost connection, a hub that stops and a reload of the page go on from there. After a
 * reload the last few changes may come again, since they are delivered before their place is stored.
 *
 * Nothing here rejects; what goes wrong is told as an issue. See `RealtimeStatus` for its states.
 */
export class RealtimeClient {
  readonly #options: RealtimeClientOptions;
  readonly #limits: RealtimeLimits;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #onIssue: RealtimeIssueListener;
  readonly #channels: ChannelList;
  readonly #cursors: CursorStore;
  readonly #seen = new SeenChanges();
  readonly #inbox = new Inbox<PlacedFrame>((frame) => this.#take(frame));
  readonly #stopListening: () => void;
  #connection: HubConnection | undefined;
  #status: RealtimeStatus = 'idle';
  #wake: (() => void) | undefined;
  /** Attempts that failed in a row. */
  #failures = 0;
  /** Tokens that were refused in a row. */
  #refusals = 0;
  #retryAfterMs: number | undefined;
  #hasDelivered = false;
  #liveSince: number | undefined;

  constructor(options: RealtimeClientOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_REALTIME_LIMITS, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#onIssue = options.onIssue ?? (() => undefined);
    this.#channels = new ChannelList(options.channels ?? ['me']);
    this.#cursors = new CursorStore(options.storage, options.userId, this.#onIssue);
    this.#stopListening = onceOnline(() => this.retryNow());
    void this.#run();
  }

  get status(): RealtimeStatus {
    return this.#status;
  }

  /**
   * Listens to more. What happened in a channel before is not told of for certain: read its state
   * when this was called.
   *
   * @throws RangeError for more than a hundred channels; then nothing is changed
   */
  subscribe(...channels: readonly Channel[]): void {
    this.#channels.add(channels);
    if (this.#status === 'idle') this.#wake?.();
    this.#ask();
  }

  /** Listens to less. Without any channel there is no connection. */
  unsubscribe(...channels: readonly Channel[]): void {
    this.#channels.drop(channels);
    this.#ask();
  }

  /** Ends a pause: the app is online, in the foreground, or signed in again. */
  retryNow(): void {
    this.#wake?.();
  }

  /** Ends it for good. No callback is called after that; the cursor stays for the next client. */
  close(): void {
    this.#turn('closed');
    this.#stopListening();
    this.#inbox.clear();
    this.#connection?.end();
    this.#wake?.();
  }

  /** A method, since it may have been closed in every pause. */
  #isClosed(): boolean {
    return this.#status === 'closed';
  }

  async #run(): Promise<void> {
    await this.#cursors.load();
    while (!this.#isClosed()) {
      if (this.#channels.isEmpty()) {
        this.#turn('idle');
        await this.#sleep(undefined);
        continue;
      }
      this.#turn('connecting');
      const pauseMs = await this.#connect();
      if (this.#isClosed() || this.#channels.isEmpty()) continue;
      this.#turn(pauseMs === undefined ? 'stopped' : 'waiting');
      await this.#sleep(pauseMs);
    }
  }

  /** One connection, from its token to its end. @returns the pause after it; undefined for ever */
  async #connect(): Promise<number | undefined> {
    let token: string;
    try {
      token = await this.#options.token(this.#refusals > 0);
    } catch (error) {
      this.#tell({ kind: 'tokenFailed', error });
      return this.#backOff();
    }
    if (this.#isClosed() || this.#channels.isEmpty()) return 0;
    this.#retryAfterMs = undefined;
    this.#hasDelivered = false;
    this.#liveSince = undefined;
    const ending = await this.#listen(token).catch((error: unknown) => ({
      code: undefined,
      error,
    }));
    this.#connection = undefined;
    this.#channels.closed();
    // The next connection begins where this one's frames end.
    await this.#inbox.rest();
    return this.#isClosed() ? 0 : this.#pauseAfter(ending);
  }

  /** Rejects when no WebSocket can be made of the URL. */
  #listen(token: string): Promise<Ending> {
    const { cursor } = this.#cursors;
    return new Promise((resolve) => {
      this.#connection = new HubConnection({
        url: this.#options.url,
        WebSocket: this.#options.WebSocket ?? globalThis.WebSocket,
        clock: this.#clock,
        openTimeoutMs: this.#limits.openTimeoutMs,
        open: () => ({
          type: 'open',
          protocol: PROTOCOL,
          token,
          channels: this.#channels.open(),
          ...(cursor === undefined ? {} : { cursor }),
        }),
        onFrame: (frame) => this.#hear(frame),
        onEnd: (code, error) => resolve({ code, error }),
      });
    });
  }

  #pauseAfter({ code, error }: Ending): number | undefined {
    if (error !== undefined) {
      this.#tell({ kind: 'protocolFailed', error });
      return this.#longPause();
    }
    const next = afterClose(code);
    switch (next.kind) {
      case 'moveOn':
        return this.#retryAfterMs ?? this.#random() * RETURN_OVER_MS;
      case 'renewToken':
        this.#refusals += 1;
        if (this.#refusals === 1) return 0;
        this.#refusals = 1;
        this.#tell({ kind: 'unauthenticated' });
        return undefined;
      case 'complain':
        this.#tell({ kind: next.issue, ...(code === undefined ? {} : { code }) });
        return this.#longPause();
      case 'backOff':
        return this.#backOff();
    }
  }

  #backOff(): number {
    const liveMs = this.#clock.elapsed() - (this.#liveSince ?? Number.POSITIVE_INFINITY);
    if (this.#hasDelivered || liveMs >= GOOD_AFTER_MS) this.#failures = 0;
    this.#hasDelivered = false;
    this.#liveSince = undefined;
    this.#failures += 1;
    if (this.#failures === TOLD_AFTER_FAILURES) this.#tell({ kind: 'unreachable' });
    return backoffMs(this.#limits, this.#failures, this.#random());
  }

  #longPause(): number {
    const { maxMs } = this.#limits;
    return backoffMs({ baseMs: maxMs, maxMs }, 1, 0.5 + this.#random() / 2);
  }

  /** What concerns the connection is done at once, what has a place in its turn. */
  #hear(frame: ServerFrame): void {
    switch (frame.type) {
      case 'opened':
        if (frame.userId === this.#options.userId) this.#refusals = 0;
        else this.#connection?.end(UNAUTHENTICATED);
        return;
      case 'expiring':
        void this.#renew(this.#connection);
        return;
      case 'refused':
        this.#channels.lost(frame.channel);
        this.#tell({ kind: 'channelRefused', channel: frame.channel });
        return;
      case 'going-away':
        this.#retryAfterMs = frame.retryAfterMs;
        break;
      case 'removed':
        this.#channels.lost(`conversation:${frame.conversationId}`);
        break;
      case 'live':
      case 'channels':
        this.#channels.answered();
        this.#ask();
        break;
      case 'change':
      case 'reset':
      case 'heartbeat':
        break;
      default:
        // Of a newer hub, or of no concern.
        return;
    }
    this.#inbox.put(frame);
    if (this.#inbox.size > this.#limits.maxWaiting) this.#connection?.end(GOING_AWAY);
  }

  #take(frame: PlacedFrame): Promise<void> | void {
    if (this.#isClosed()) return;
    switch (frame.type) {
      case 'change':
      case 'removed':
        return this.#deliver(frame);
      case 'reset':
        return this.#reset({ reason: frame.reason }, frame.cursor);
      case 'live':
        this.#liveSince = this.#clock.elapsed();
        if (this.#connection) this.#turn('live');
        if (this.#cursors.cursor === undefined) return this.#reset({ reason: 'new' }, frame.cursor);
        break;
      default:
    }
    this.#moveTo(frame.cursor);
  }

  #deliver(frame: ChangeFrame | RemovedFrame): Promise<void> | void {
    // Not even its cursor counts: it would lead back.
    if (this.#seen.isRepeated(frame)) return;
    this.#hasDelivered = true;
    const isOutdated = frame.type === 'change' && this.#seen.isOutdated(frame);
    this.#seen.take(frame);
    if (isOutdated) {
      this.#moveTo(frame.cursor);
      return;
    }
    return this.#call(
      () =>
        frame.type === 'change'
          ? this.#options.onChange(frame)
          : this.#options.onRemoved?.(frame.conversationId),
      () => this.#moveTo(frame.cursor),
    );
  }

  #reset(reset: RealtimeReset, cursor: string): Promise<void> | void {
    return this.#call(
      () => this.#options.onReset(reset),
      (isDone) => {
        if (isDone) {
          this.#cursors.moveTo(cursor);
          return;
        }
        // The hub says it again to the next connection, which comes with the cursor of before.
        this.#inbox.clear();
        this.#hasDelivered = false;
        this.#liveSince = undefined;
        this.#connection?.end();
      },
    );
  }

  /** Calls the app, and then back: at once, unless the app wants to be waited for. */
  #call(
    callback: () => Promise<void> | void,
    then: (isDone: boolean) => void,
  ): Promise<void> | void {
    const failed = (error: unknown) => {
      this.#tell({ kind: 'handlerFailed', error });
      if (!this.#isClosed()) then(false);
    };
    try {
      const pending = callback();
      if (pending) return pending.then(() => then(true), failed);
    } catch (error) {
      failed(error);
      return;
    }
    then(true);
  }

  /** Before the first `live` there is no place to resume from: everything begins with a reset. */
  #moveTo(cursor: string): void {
    if (this.#cursors.cursor !== undefined) this.#cursors.moveTo(cursor);
  }

  async #renew(connection: HubConnection | undefined): Promise<void> {
    try {
      connection?.send({ type: 'renew', token: await this.#options.token(true) });
    } catch (error) {
      // The hub closes the connection when the token has run out; the next one asks again.
      this.#tell({ kind: 'tokenFailed', error });
    }
  }

  #ask(): void {
    if (this.#channels.isEmpty()) this.#connection?.end(GOING_AWAY);
    const frame = this.#channels.next();
    if (frame) this.#connection?.send(frame);
  }

  #tell(issue: Parameters<RealtimeIssueListener>[0]): void {
    if (!this.#isClosed()) this.#onIssue(issue);
  }

  #turn(status: RealtimeStatus): void {
    if (this.#status === status || this.#isClosed()) return;
    this.#status = status;
    this.#options.onStatus?.(status);
  }

  /** @param milliseconds undefined until woken */
  #sleep(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        cancel?.();
        this.#wake = undefined;
        resolve();
      };
      const cancel = milliseconds === undefined ? undefined : this.#clock.after(milliseconds, wake);
      this.#wake = wake;
    });
  }
}
