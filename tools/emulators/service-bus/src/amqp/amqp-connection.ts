import type { Socket } from 'node:net';
import rhea from 'rhea';
import { BrokerError, entityDisabled } from '../broker/broker-error.ts';
import type { Namespace } from '../broker/namespace.ts';
import { receiveMessages } from './receiving-link.ts';
import { ACCEPTED } from './outcomes.ts';
import { manage } from './management.ts';
import { decodeRequest, respond, wrap } from './request-response.ts';
import type { RheaConnection, RheaEvent, RheaReceiver, RheaSender } from './rhea-internals.ts';
import {
  keepMessagesEncoded,
  MAX_FRAME_BYTES,
  refuseOversizedFrames,
  writeOncePerTurn,
} from './rhea-patches.ts';
import { attachToSession, SESSION_FILTER } from './session-attach.ts';
import { createSendingLink, type SendingLink, type Settlement } from './sending-link.ts';
import { toWireError } from './wire-error.ts';

const CBS = '$cbs';
const MANAGEMENT = /\/\$management$/i;
/** Credit that senders are given: half of what rhea's session holds. */
const SENDER_CREDIT = 1000;

/** What a connection needs to know of the broker. */
export interface AmqpServices {
  readonly namespace: Namespace;
  /** The largest message that is taken, in bytes; larger ones are rejected. */
  readonly maxMessageBytes: number;
}

interface ReceiverState {
  readonly link: SendingLink;
  release(): void;
}

/** The container that all connections belong to; it says how clients may sign in. */
function createContainer() {
  const container = rhea.create_container({ id: 'service-bus-emulator' });
  const mechanisms = container.sasl_server_mechanisms as {
    enable_anonymous(): void;
    enable_plain(accept: () => boolean): void;
    [name: string]: unknown;
  };
  mechanisms.enable_anonymous();
  mechanisms.enable_plain(() => true);
  for (const name of ['EXTERNAL', 'MSSBCBS']) mechanisms[name] = acceptAnyone;
  return container;
}

/** A SASL mechanism, in rhea's terms, that lets everybody in: `$cbs` is where Azure looks at tokens. */
function acceptAnyone() {
  return {
    outcome: undefined as boolean | undefined,
    start() {
      this.outcome = true;
    },
    step() {
      this.outcome = true;
    },
  };
}

const container = createContainer();

/** Serves AMQP 1.0 on a socket until either side closes it. */
export function serveAmqp(socket: Socket, { namespace, maxMessageBytes }: AmqpServices): void {
  const connection = container.create_connection({
    max_frame_size: MAX_FRAME_BYTES,
    channel_max: 4999,
    tcp_no_delay: true,
    sender_options: { autosettle: true, treat_modified_as_released: false },
    receiver_options: { autoaccept: false, credit_window: SENDER_CREDIT },
  } as object as Parameters<typeof container.create_connection>[0]) as unknown as RheaConnection;
  const receivers = new Map<RheaSender, ReceiverState>();
  const replyLinks = new Map<string, RheaSender>();
  const requestPaths = new Map<RheaReceiver, string>();
  const sendPaths = new Map<RheaReceiver, string>();

  const abort = (condition: string, description: string) => {
    connection.local.close.error = { condition, description };
    if (connection.is_open()) connection._write_close();
    socket.end();
    socket.destroySoon();
  };
  const fail = (error: unknown) => {
    const { condition, description } = toWireError(error);
    abort(
      error instanceof BrokerError ? condition : 'amqp:connection:framing-error',
      description ?? '',
    );
  };
  const releaseAll = () => {
    for (const state of receivers.values()) state.release();
    receivers.clear();
    replyLinks.clear();
  };

  const writer = writeOncePerTurn(connection);
  refuseOversizedFrames(connection, () => {
    abort('amqp:connection:framing-error', 'The frame is larger than was agreed.');
  });

  /** A client wants to receive. */
  const openReceiver = (sender: RheaSender) => {
    const address = pathOf(sender.source?.address);
    sender.set_source({ address: sender.source?.address, filter: sender.source?.filter });
    sender.set_target({ address: sender.target?.address });
    if (address === CBS || MANAGEMENT.test(address)) {
      if (address !== CBS) {
        const path = address.replace(MANAGEMENT, '');
        // A topic has a management node too, for scheduling.
        if (!namespace.topics.has(path.toLowerCase())) namespace.receivingPlace(path);
      }
      replyLinks.set(sender.target?.address ?? sender.name, sender);
      replyLinks.set(sender.name, sender);
      return;
    }
    const { store, entity, deadLetters } = namespace.receivingPlace(address);
    const { status } = entity.description;
    if (status === 'Disabled' || status === 'ReceiveDisabled') {
      throw entityDisabled(address);
    }
    entity.dates.accessedAtMs = namespace.clock.now();
    const inSession = SESSION_FILTER in (sender.source?.filter ?? {});
    const needsSession = entity.description.requiresSession && !deadLetters;
    if (inSession !== needsSession) throw wrongKindOfReceiver(needsSession);
    const mode = sender.snd_settle_mode === 1 ? 'receive-and-delete' : 'peek-lock';
    sender.local.attach.snd_settle_mode = sender.snd_settle_mode;
    sender.local.attach.rcv_settle_mode = sender.rcv_settle_mode;
    sender.local.attach.max_message_size = maxMessageBytes;
    let dispatch = (): void => {
      store.dispatch();
    };
    const link = createSendingLink(sender, store, mode, namespace.journal, () => {
      dispatch();
    });
    if (inSession) {
      const attach = attachToSession(
        sender,
        store,
        namespace.clock,
        link.consumer,
        () => undefined,
      );
      dispatch = () => {
        attach.dispatch();
      };
      receivers.set(sender, {
        link,
        release: () => {
          attach.release();
        },
      });
      return;
    }
    store.addConsumer(link.consumer);
    receivers.set(sender, {
      link,
      release: () => {
        store.removeConsumer(link.consumer);
      },
    });
  };

  /** A client wants to send. */
  const openSender = (receiver: RheaReceiver) => {
    const address = pathOf(receiver.target?.address);
    receiver.set_target({ address: receiver.target?.address });
    receiver.set_source({ address: receiver.source?.address });
    receiver.local.attach.max_message_size = maxMessageBytes;
    receiver.local.attach.snd_settle_mode = receiver.snd_settle_mode;
    receiver.local.attach.rcv_settle_mode = receiver.rcv_settle_mode;
    if (address === CBS) {
      requestPaths.set(receiver, CBS);
    } else if (MANAGEMENT.test(address)) {
      requestPaths.set(receiver, address.replace(MANAGEMENT, ''));
    } else {
      namespace.sendable(address);
      sendPaths.set(receiver, address);
    }
  };

  const answerRequest = (path: string, event: RheaEvent) => {
    const { message, delivery } = event;
    if (!message || !delivery) return;
    const request = decodeRequest(message);
    delivery.update(true, ACCEPTED);
    const response =
      path === CBS
        ? {
            applicationProperties: {
              'status-code': wrap.wrap_int(202),
              'status-description': 'Accepted',
            },
          }
        : manage(namespace, path, request);
    namespace.journal.whenDurable(() => {
      const link = replyLinks.get(request.replyTo);
      if (link?.is_open()) respond(link, request, response);
    });
  };

  const on = (name: string, listener: (event: RheaEvent) => void) => {
    connection.on(name, listener);
  };
  const settling = (settlement: Settlement) => (event: RheaEvent) => {
    if (event.sender && event.delivery) {
      receivers.get(event.sender)?.link.settle(event.delivery, settlement);
    }
  };
  const closeReceiver = ({ sender }: RheaEvent) => {
    if (!sender) return;
    receivers.get(sender)?.release();
    receivers.delete(sender);
    replyLinks.delete(sender.name);
    if (sender.target?.address !== undefined) replyLinks.delete(sender.target.address);
  };

  on('session_open', ({ session }) => {
    if (session) keepMessagesEncoded(session);
  });
  on('sender_open', ({ sender }) => {
    if (sender) refuseOnError(sender, openReceiver);
  });
  on('receiver_open', ({ receiver }) => {
    if (receiver) refuseOnError(receiver, openSender);
  });
  on('message', (event) => {
    const { receiver, message, delivery } = event;
    if (!receiver || !message || !delivery) return;
    const requestPath = requestPaths.get(receiver);
    const sendPath = sendPaths.get(receiver);
    if (requestPath !== undefined) answerRequest(requestPath, event);
    else if (sendPath !== undefined) {
      receiveMessages(namespace, sendPath, message, delivery, maxMessageBytes);
    }
  });
  on('sender_flow', ({ sender }) => {
    writer.answer();
    if (sender) receivers.get(sender)?.link.flow();
  });
  for (const settlement of ['accepted', 'rejected', 'released', 'modified'] as const) {
    on(settlement, settling(settlement));
  }
  on('sender_close', closeReceiver);
  on('sender_error', () => undefined);
  on('receiver_close', ({ receiver }) => {
    if (!receiver) return;
    requestPaths.delete(receiver);
    sendPaths.delete(receiver);
  });
  on('receiver_error', () => undefined);
  on('session_error', () => undefined);
  on('connection_error', () => undefined);
  on('connection_close', releaseAll);
  on('disconnected', releaseAll);
  connection.on('error', fail);
  connection.on('protocol_error', fail);
  socket.on('close', releaseAll);

  connection.accept(socket);
}

/** Closes a link with the error that opening it raised. */
function refuseOnError<L extends RheaSender | RheaReceiver>(
  link: L,
  open: (link: L) => void,
): void {
  try {
    open(link);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    link.set_source({});
    link.set_target({});
    link.close(toWireError(error));
  }
}

function wrongKindOfReceiver(needsSession: boolean): BrokerError {
  return new BrokerError(
    'not-allowed',
    needsSession
      ? 'It is not possible for an entity that requires sessions to create a non-sessionful message receiver.'
      : 'A sessionful message receiver cannot be created on an entity that does not require sessions.',
  );
}

/** Some clients write an address as a URL. */
function pathOf(address: string | undefined): string {
  return (address ?? '').replace(/^[a-z]+:\/\/[^/]+\//i, '').replace(/^\//, '');
}
