import type { Consumer, ReceiveMode } from '../broker/consumer.ts';
import {
  applicationChanges,
  type Entry,
  type Lock,
  type MessageChanges,
  type PropertyValue,
} from '../broker/message.ts';
import type { MessageStore } from '../broker/message-store.ts';
import type { Durably } from './amqp-services.ts';
import { toGuidOrder } from './lock-token.ts';
import { encodeEntry } from './outgoing-message.ts';
import { ACCEPTED, modified, rejected, RELEASED } from './outcomes.ts';
import type { OutgoingDelivery, RheaSender } from './rhea-internals.ts';
import { gaugeCredit, settleForBoth } from './rhea-patches.ts';
import { toWireError } from './wire-error.ts';

/** AMQP's standard message format. */
const FORMAT = 0;

/** What a client's receiver says about a message. */
export type Settlement = 'accepted' | 'rejected' | 'released' | 'modified';

/** The broker's end of a client's receiver. */
export interface SendingLink {
  readonly consumer: Consumer;
  /** The client has given or drained credit. */
  flow(): void;
  /** There is room in the session again. */
  roomAgain(): void;
  settle(delivery: OutgoingDelivery, settlement: Settlement): void;
}

/** Serves a client's receiver from a store; `dispatch` is called when the client has room again. */
export function createSendingLink(
  sender: RheaSender,
  store: MessageStore,
  mode: ReceiveMode,
  durably: Durably,
  dispatch: () => void,
): SendingLink {
  const gauge = gaugeCredit(sender);
  const locks = new Map<OutgoingDelivery, Lock>();

  const deliver = (entry: Entry, lock: Lock | undefined): void => {
    gauge.sent();
    if (!lock) {
      const delivery = sender.send(encodeEntry(entry, undefined), randomTag(entry), FORMAT);
      delivery.settled = true;
      return;
    }
    const payload = encodeEntry(entry, store.lockedUntilMs(lock));
    locks.set(sender.send(payload, toGuidOrder(store.locks.tokenOf(lock)), FORMAT), lock);
  };

  return {
    consumer: {
      mode,
      capacity: () => gauge.available(),
      deliver,
      dismiss(reason) {
        sender.close(toWireError(reason));
      },
    },
    flow() {
      dispatch();
      if (sender._draining) sender.set_drained(true);
    },
    roomAgain: dispatch,
    settle(delivery, settlement) {
      const lock = locks.get(delivery);
      if (!lock) return;
      locks.delete(delivery);
      let answer: unknown;
      try {
        answer = apply(store, lock, delivery, settlement);
      } catch (error) {
        settleForBoth(delivery, rejected(toWireError(error)));
        return;
      }
      durably(() => {
        settleForBoth(delivery, answer);
      });
    },
  };
}

/** Carries out a settlement and says how to answer it. */
function apply(
  store: MessageStore,
  lock: Lock,
  { remote_state: outcome }: OutgoingDelivery,
  settlement: Settlement,
): unknown {
  switch (settlement) {
    case 'accepted':
      store.complete(lock);
      return ACCEPTED;
    case 'rejected':
      store.deadLetter(lock, changesFrom(outcome?.error?.info));
      // Echoing the error would reject the caller's promise.
      return ACCEPTED;
    case 'released':
      store.abandon(lock, undefined, false);
      return RELEASED;
    case 'modified': {
      const changes = changesFrom(outcome?.message_annotations);
      const aside = outcome?.undeliverable_here === true;
      if (aside) store.defer(lock, changes);
      else store.abandon(lock, changes);
      return modified(aside);
    }
  }
}

/** Properties that a settlement sets, as rhea decoded them. */
export function changesFrom(properties: unknown): MessageChanges | undefined {
  if (typeof properties !== 'object' || properties === null) return undefined;
  return applicationChanges(Object.entries(properties) as [string, PropertyValue][]);
}

/** Messages that are not locked have no token, but every delivery needs a tag. */
function randomTag(entry: Entry): Buffer {
  const tag = Buffer.alloc(16);
  tag.writeDoubleBE(entry.sequence, 8);
  return tag;
}
