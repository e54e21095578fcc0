import type { Consumer } from '../broker/consumer.ts';
import { BrokerError } from '../broker/broker-error.ts';
import type { Clock } from '../broker/clock.ts';
import type { MessageStore } from '../broker/message-store.ts';
import type { SessionLock, SessionOwner } from '../broker/session-table.ts';
import type { RheaSender } from './rhea-internals.ts';
import { holdAttach } from './rhea-patches.ts';
import { toWireError } from './wire-error.ts';

export const SESSION_FILTER = 'com.microsoft:session-filter';
const LOCKED_UNTIL = 'com.microsoft:locked-until-utc';
const TIMEOUT = 'com.microsoft:timeout';
/** How long Azure looks for a session when the client does not say. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** .NET counts ticks of 100 ns from the year 1. */
const TICKS_PER_MS = 10_000n;
const UNIX_EPOCH_TICKS = 621_355_968_000_000_000n;

/** How a client's session receiver ends up: with a session, or closed with an error. */
export interface SessionAttach {
  /** Ends the waiting, or lets go of the session. */
  release(): void;
  dispatch(): void;
}

/**
 * Gives a client's receiver the session it asks for, or the next free one: then the attach is held back
 * until there is one, or the client's timeout has passed.
 */
export function attachToSession(
  sender: RheaSender,
  store: MessageStore,
  clock: Clock,
  consumer: Consumer,
): SessionAttach {
  let held: SessionLock | undefined;
  let stopWaiting: () => void = () => undefined;

  const owner: SessionOwner = {
    linkName: sender.name,
    onLost(reason) {
      held = undefined;
      sender.close(toWireError(reason));
    },
  };
  const accept = (lock: SessionLock) => {
    held = lock;
    const filter = { [SESSION_FILTER]: lock.session.id };
    sender.set_source({ address: sender.source?.address, filter });
    sender.local.attach.properties = { [LOCKED_UNTIL]: toTicks(lock.untilMs) };
    lock.consumer = consumer;
  };

  const wanted = sender.source?.filter?.[SESSION_FILTER];
  if (typeof wanted === 'string') {
    accept(store.sessionLocks.hold(wanted, owner));
  } else {
    stopWaiting = waitForAny(sender, store, clock, owner, accept);
  }
  return {
    release() {
      stopWaiting();
      if (held) store.sessionLocks.release(held);
      held = undefined;
    },
    dispatch() {
      if (held) store.dispatchSession(held);
    },
  };
}

function waitForAny(
  sender: RheaSender,
  store: MessageStore,
  clock: Clock,
  owner: SessionOwner,
  accept: (lock: SessionLock) => void,
): () => void {
  let settled = false;
  let waiting = false;
  let cancelTimeout: () => void = () => undefined;
  const stop = store.sessionLocks.holdNext(owner, (lock) => {
    settled = true;
    cancelTimeout();
    accept(lock);
    if (waiting) sender.open();
  });
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the callback above
  if (settled) return () => undefined;

  waiting = true;
  holdAttach(sender);
  const timeout = Number(sender.properties?.[TIMEOUT] ?? DEFAULT_TIMEOUT_MS);
  cancelTimeout = clock.wakeAt(clock.now() + timeout, () => {
    stop();
    sender.set_source({ address: sender.source?.address });
    sender.open();
    sender.close(
      toWireError(
        new BrokerError('timeout', 'There is no session with messages that is not locked.'),
      ),
    );
  });
  return () => {
    stop();
    cancelTimeout();
  };
}

/** A time as a long of .NET ticks. rhea takes numbers beyond doubles as 8 bytes. */
function toTicks(atMs: number): Buffer {
  const ticks = Buffer.alloc(8);
  ticks.writeBigInt64BE(BigInt(Math.trunc(atMs)) * TICKS_PER_MS + UNIX_EPOCH_TICKS);
  return ticks;
}
