import type { MessageChanges } from './message.ts';

/** The properties by which a dead letter says why it is one. */
export function deadLetterReason(reason: string, description: string): MessageChanges {
  return {
    application: new Map([
      ['DeadLetterReason', reason],
      ['DeadLetterErrorDescription', description],
    ]),
    system: new Map(),
  };
}
