import rhea from 'rhea';
import type { RheaConnection } from './rhea-internals.ts';
import { MAX_FRAME_BYTES } from './rhea-patches.ts';

/** Credit that senders are given: half of what rhea's session holds. */
const SENDER_CREDIT = 1000;
/** As many sessions as Azure allows on a connection. */
const CHANNEL_MAX = 4999;

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

/** Makes a connection that is not yet listening to its socket. */
export function createConnection(): RheaConnection {
  return container.create_connection({
    max_frame_size: MAX_FRAME_BYTES,
    channel_max: CHANNEL_MAX,
    tcp_no_delay: true,
    sender_options: { autosettle: true, treat_modified_as_released: false },
    receiver_options: { autoaccept: false, credit_window: SENDER_CREDIT },
  } as object as Parameters<typeof container.create_connection>[0]) as unknown as RheaConnection;
}
