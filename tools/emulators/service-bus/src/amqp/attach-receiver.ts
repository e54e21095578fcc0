import { BrokerError, entityDisabled } from '../broker/broker-error.ts';
import { canReceive } from '../broker/receiving-entity.ts';
import type { AmqpServices, Durably } from './amqp-services.ts';
import type { RheaSender } from './rhea-internals.ts';
import { createSendingLink, type SendingLink } from './sending-link.ts';
import { attachToSession, SESSION_FILTER } from './session-attach.ts';

/** A client's receiver that is being served. */
export interface AttachedReceiver {
  readonly link: SendingLink;
  /** Ends serving it. Called when its link or its connection is gone. */
  release(): void;
}

/** Serves a client's receiver from the entity at `path`. Throws what the link is to be closed with. */
export function attachReceiver(
  sender: RheaSender,
  path: string,
  { namespace, maxMessageBytes }: AmqpServices,
  durably: Durably,
): AttachedReceiver {
  const { store, entity, deadLetters } = namespace.receivingPlace(path);
  if (!canReceive(entity.description)) throw entityDisabled(path);
  entity.dates.accessedAtMs = namespace.clock.now();
  const inSession = SESSION_FILTER in (sender.source?.filter ?? {});
  const needsSession = entity.description.requiresSession && !deadLetters;
  if (inSession !== needsSession) throw wrongKindOfReceiver(needsSession);

  const { attach } = sender.local;
  attach.snd_settle_mode = sender.snd_settle_mode;
  attach.rcv_settle_mode = sender.rcv_settle_mode;
  attach.max_message_size = maxMessageBytes;
  const mode = sender.snd_settle_mode === 1 ? 'receive-and-delete' : 'peek-lock';
  let dispatch = (): void => {
    store.dispatch();
  };
  const link = createSendingLink(sender, store, mode, durably, () => {
    dispatch();
  });
  if (!inSession) {
    store.addConsumer(link.consumer);
    return {
      link,
      release: () => {
        store.removeConsumer(link.consumer);
      },
    };
  }
  const session = attachToSession(sender, store, namespace.clock, link.consumer);
  dispatch = () => {
    session.dispatch();
  };
  return {
    link,
    release: () => {
      session.release();
    },
  };
}

function wrongKindOfReceiver(needsSession: boolean): BrokerError {
  return new BrokerError(
    'not-allowed',
    needsSession
      ? 'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.'
      : 'A sessionful message receiver cannot be created on an entity that does not require sessions.',
  );
}
