import rhea from 'rhea';
import type { WireError } from './rhea-internals.ts';

interface OutcomeMaker {
  described(): unknown;
}
interface OutcomeMakers {
  accepted(): OutcomeMaker;
  released(): OutcomeMaker;
  rejected(fields: { error: WireError }): OutcomeMaker;
  modified(fields: { delivery_failed: boolean; undeliverable_here: boolean }): OutcomeMaker;
}

const makers = rhea.message as unknown as OutcomeMakers;

/** What became of a message, ready to be sent (AMQP 1.0, part 3: Messaging, 3.4). */
export const ACCEPTED: unknown = makers.accepted().described();
export const RELEASED: unknown = makers.released().described();

export function rejected(error: WireError): unknown {
  return makers.rejected({ error }).described();
}

export function modified(undeliverableHere: boolean): unknown {
  return makers
    .modified({ delivery_failed: true, undeliverable_here: undeliverableHere })
    .described();
}
