import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { BrokerError, entityNotFound } from '../broker/broker-error.ts';
import { answerToken } from './access-token.ts';
import { receiveMessages } from './receiving-link.ts';
import { ACCEPTED } from './outcomes.ts';
import { manage } from './management.ts';
import { largestMessageBytes } from './message-size.ts';
import { decodeRequest, respond } from './request-response.ts';
import type { RheaEvent, RheaReceiver, RheaSender } from './rhea-internals.ts';
import {
  answerExactly,
  keepMessagesEncoded,
  refuseOversizedFrames,
  writeOncePerTurn,
} from './rhea-patches.ts';
import { attachReceiver, type AttachedReceiver } from './attach-receiver.ts';
import type { AmqpServices, Durably } from './amqp-services.ts';
import { createConnection } from './container.ts';
import type { Settlement } from './sending-link.ts';
import { toWireError } from './wire-error.ts';

const CBS = '$cbs';
const MANAGEMENT = /\/\$management$/i;

/** Serves AMQP 1.0 on a socket until either side closes it. */
export function serveAmqp(socket: Duplex, services: AmqpServices): void {
  const { namespace, maxMessageBytes } = services;
  const connection = createConnection();
  const receivers = new Map<RheaSender, AttachedReceiver>();
  const replyLinks = new Map<string, RheaSender>();
  const requestPaths = new Map<RheaReceiver, string>();
  const sendPaths = new Map<RheaReceiver, string>();

  const abort = (condition: string, description: string) => {
    connection.local.close.error = { condition, description };
    if (connection.is_open()) connection._write_close();
    socket.end();
    if (socket instanceof Socket) socket.destroySoon();
  };
  const fail = (error: unknown) => {
    const { condition, description } = toWireError(error);
    abort(
      error instanceof BrokerError ? condition : 'amqp:connection:framing-error',
      description ?? '',
    );
  };
  const durably: Durably = (then) => {
    namespace.journal.whenDurable(() => {
      try {
        then();
      } catch (error) {
        fail(error);
      }
    });
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
      // Whether there is such an entity is said in answer to each request, which clients understand.
      replyLinks.set(sender.target?.address ?? sender.name, sender);
      replyLinks.set(sender.name, sender);
      return;
    }
    receivers.set(sender, attachReceiver(sender, address, services, durably));
  };

  /** A client wants to send. */
  const openSender = (receiver: RheaReceiver) => {
    // A coordinator is a target of another kind, which rhea does not decode.
    if (!receiver.target?.address) {
      throw new BrokerError('not-implemented', 'Transactions are not supported.');
    }
    const address = pathOf(receiver.target.address);
    receiver.set_target({ address: receiver.target.address });
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
      receiver.local.attach.max_message_size = largestMessageBytes(services, address);
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
        ? answerToken(request, services)
        : manage(services, path, request, message.length);
    durably(() => {
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
    if (!session) return;
    keepMessagesEncoded(session);
    answerExactly(session);
  });
  on('sender_open', ({ sender }) => {
    if (sender) refuseOnError(sender, sender.source?.address, openReceiver);
  });
  on('receiver_open', ({ receiver }) => {
    if (receiver) refuseOnError(receiver, receiver.target?.address, openSender);
  });
  on('message', (event) => {
    const { receiver, message, delivery } = event;
    if (!receiver || !message || !delivery) return;
    const requestPath = requestPaths.get(receiver);
    const sendPath = sendPaths.get(receiver);
    if (requestPath !== undefined) answerRequest(requestPath, event);
    else if (sendPath !== undefined) {
      const limit = receiver.local.attach.max_message_size ?? maxMessageBytes;
      receiveMessages(namespace, sendPath, message, delivery, limit, durably);
    }
  });
  on('sender_flow', ({ sender }) => {
    writer.answer();
    if (sender) receivers.get(sender)?.link.flow();
  });
  // rhea says so too when settlements have made room in a session that was full.
  on('sendable', ({ sender }) => {
    if (sender) receivers.get(sender)?.link.roomAgain();
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
  // rhea waits for the end of a stream, which one that is cut off never reaches.
  socket.on('close', () => {
    connection._disconnected();
    releaseAll();
  });

  connection.accept(socket);
}

/** Closes a link with the error that opening it raised. What is not found is named as Azure does: by URL. */
function refuseOnError<L extends RheaSender | RheaReceiver>(
  link: L,
  address: string | undefined,
  open: (link: L) => void,
): void {
  try {
    open(link);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    link.set_source({});
    link.set_target({});
    const host = link.connection.remote.open?.hostname ?? 'localhost';
    const missing = error.code === 'not-found';
    link.close(toWireError(missing ? entityNotFound(`sb://${host}/${pathOf(address)}`) : error));
  }
}

/** Some clients write an address as a URL. */
function pathOf(address: string | undefined): string {
  return (address ?? '').replace(/^[a-z]+:\/\/[^/]+\//i, '').replace(/^\//, '');
}
