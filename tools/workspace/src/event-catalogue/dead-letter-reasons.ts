import { errorRegistry, type ErrorCode } from '@ayna/contract';
import { brokerReasons, type ReasonExplained } from '@ayna/service-bus';

/**
 * The codes that the writer gives up a message with: what can be wrong with an event, or with what
 * SQL makes of it. All else heals, or ends the program.
 */
const writerReasons = [
  'ContractViolation',
  'ContractTooNew',
  'UnknownEntity',
  'SqlRejected',
] as const satisfies readonly ErrorCode[];

export interface DeadLetterReason extends ReasonExplained {
  readonly reason: string;
  readonly from: 'writer' | 'broker';
}

/** Every reason that a dead letter of the mirror may have. */
export const deadLetterReasons: readonly DeadLetterReason[] = [
  ...writerReasons.map((reason) => {
    const { cause, remedy } = errorRegistry[reason];
    return { reason, from: 'writer' as const, cause, remedy };
  }),
  ...Object.entries(brokerReasons).map(([reason, explained]) => ({
    reason,
    from: 'broker' as const,
    ...explained,
  })),
];
