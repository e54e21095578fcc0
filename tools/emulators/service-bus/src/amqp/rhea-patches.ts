import { ACCEPTED } from './outcomes.ts';
import type {
  OutgoingDelivery,
  PendingAnswer,
  RheaConnection,
  RheaSender,
  RheaSession,
} from './rhea-internals.ts';

/**
 * What a broker has to work around in `rhea` 3.0.5. Each function says what goes wrong without it, and
 * each has a test of its own.
 */

/** A message format of our own, so that rhea hands over the bytes of a message instead of decoding it. */
export const RAW_FORMAT = 0x7261_7700;

/** The frames that are larger than this are refused; it is the size Azure announces. */
export const MAX_FRAME_BYTES = 65_536;

/** rhea decodes messages of format 0. A broker passes bytes on as they came. */
export function keepMessagesEncoded(session: RheaSession): void {
  const { incoming } = session;
  const original = incoming.on_transfer.bind(incoming);
  incoming.on_transfer = (frame, receiver) => {
    const { performative } = frame;
    if ((performative.message_format ?? 0) === 0) performative.message_format = RAW_FORMAT;
    original(frame, receiver);
  };
}

/** Something to answer that is never written, and that no delivery follows. */
const NOBODY: PendingAnswer = {
  id: Number.NaN,
  state: undefined,
  settled: true,
  link: { is_receiver: () => false, session: { output: () => undefined } },
};

/**
 * Of the answers that one turn of the event loop gives, rhea sends the second with the state of the
 * first, when they are for neighbouring deliveries: it does not look whether the states are equal.
 */
export function answerExactly(session: RheaSession): void {
  const { incoming, outgoing } = session;
  const update = outgoing.update.bind(outgoing);
  outgoing.update = (delivery, settled, state) => {
    const waiting = outgoing.pending_dispositions;
    const isPair = waiting.length === 1;
    if (isPair && !(waiting[0]?.state === ACCEPTED && state === ACCEPTED)) waiting.unshift(NOBODY);
    update(delivery, settled, state);
  };
  const process = incoming.process.bind(incoming);
  incoming.process = (of) => {
    const [first, second] = incoming.updated;
    if (second && !(first?.state === ACCEPTED && second.state === ACCEPTED)) {
      incoming.updated.unshift(NOBODY);
    }
    process(of);
  };
}

/** Writes what a turn of the event loop has gathered. */
export interface TurnWriter {
  /** Sees to it that this turn writes something. */
  answer(): void;
}

/**
 * rhea writes each frame to the socket by itself. Here all frames of one turn of the event loop leave
 * together; and a turn in which a flow frame came leaves at least an empty frame, since a flow without an
 * answer makes the client's next write wait for our delayed acknowledgement (about 44 ms).
 *
 */
export function writeOncePerTurn(connection: RheaConnection): TurnWriter {
  const writeNow = connection.output.bind(connection);
  let planned = false;
  let answerDue = false;
  const flush = () => {
    planned = false;
    const { socket } = connection;
    if (answerDue && connection.is_open() && connection.amqp_transport.pending.length === 0) {
      answerDue = false;
      connection._write_frame();
    }
    answerDue = false;
    socket.cork();
    writeNow();
    socket.uncork();
  };
  connection.output = () => {
    if (planned) return;
    planned = true;
    setImmediate(flush);
  };
  // rhea takes the error out of the frame as soon as it has written it.
  connection._write_close = () => {
    connection._write_frame(0, connection.local.close);
    flush();
    connection.local.close.error = undefined;
  };
  return {
    answer() {
      answerDue = true;
      connection.output();
    },
  };
}

/** rhea collects a frame of whatever size the peer announces, up to 4 GB. */
export function refuseOversizedFrames(connection: RheaConnection, refuse: () => void): void {
  const original = connection.input.bind(connection);
  connection.input = (bytes) => {
    original(bytes);
    if ((connection.frame_size ?? 0) > MAX_FRAME_BYTES) refuse();
  };
}

/** How many messages of a link rhea has taken but not yet written. */
export interface SenderGauge {
  /** Credit that is really left: `sender.credit` drops only when rhea writes the message. */
  available(): number;
  sent(): void;
}

/**
 * Makes drains answered and credit exact. rhea answers a drain only while there is credit left, so a
 * drain that crosses the last messages is never answered and the client closes the link after 200 ms.
 * Nor does it answer a flow that asks for an echo.
 */
export function gaugeCredit(sender: RheaSender): SenderGauge {
  let sent = 0;
  let drained = 0;
  const base = sender.delivery_count;
  const takeFlow = sender.on_flow.bind(sender);
  sender.on_flow = (frame) => {
    takeFlow(frame);
    if (frame.performative.echo !== true) return;
    sender.issue_flow = true;
    sender.connection._register();
  };
  sender._get_drain = () => {
    if (!sender._draining || !sender._drained) return false;
    const left = Math.max(sender.credit, 0);
    drained += left;
    sender.delivery_count += left;
    sender.credit = 0;
    sender._draining = false;
    return true;
  };
  return {
    available() {
      const written = sender.delivery_count - base - drained;
      return Math.min(
        sender.credit - (sent - written),
        sender.session.outgoing.deliveries.available(),
      );
    },
    sent() {
      sent += 1;
    },
  };
}

/**
 * With receiver settle mode "second" the client never settles by itself after our answer, so rhea keeps
 * the delivery for ever and the link stalls after 2,048 messages.
 */
export function settleForBoth(delivery: OutgoingDelivery, state: unknown): void {
  delivery.update(true, state);
  delivery.remote_settled = true;
}

/** rhea attaches by itself as soon as the peer has. Holding back is needed to wait for a session. */
export function holdAttach(sender: RheaSender): void {
  sender.state.local_open = false;
  sender.state.open_requests = 0;
}
