import rhea from 'rhea';

/** A message in hand, as `rhea` remembers it. */
interface Delivery {
  readonly state: { readonly descriptor?: { readonly value?: unknown } } | undefined;
}

/** The half of a session that receives; only what is needed of it. */
interface Incoming {
  updated: Delivery[];
  process: (this: Incoming, session: unknown) => void;
}

interface CanMakeSessions {
  create_session(): { readonly incoming: object };
}

/** The descriptor of the outcome `accepted` (AMQP 1.0, part 3: Messaging, 3.4.2). */
const ACCEPTED = 0x24;

const patched = Symbol.for('ayna.exactSettlements');

/**
 * Makes `rhea` 3.0.5, on which `@azure/service-bus` stands, tell the broker the outcome of every
 * message. As it is, of two neighbouring messages that are settled in the same turn of the event
 * loop the second silently gets the outcome of the first: a message that was completed is
 * dead-lettered, one that was dead-lettered is completed and gone, or it gets the other's reason.
 * Does nothing when it was called before.
 */
export function settleExactly(): void {
  const connection = rhea.create_container().create_connection({ port: 0 });
  const { incoming } = (connection as unknown as CanMakeSessions).create_session();
  const prototype = Object.getPrototypeOf(incoming) as Incoming & { [patched]?: true };
  if (prototype[patched]) return;
  prototype[patched] = true;
  const { process } = prototype;
  prototype.process = function (session) {
    // Runs of accepted messages may travel in one frame; everything else travels alone.
    for (let [first, second] = this.updated; first && second; [first, second] = this.updated) {
      if (isAccepted(first) && isAccepted(second)) break;
      const rest = this.updated.slice(1);
      this.updated = [first];
      process.call(this, session);
      this.updated = rest;
    }
    process.call(this, session);
  };
}

function isAccepted({ state }: Delivery): boolean {
  return state?.descriptor?.value === ACCEPTED;
}
