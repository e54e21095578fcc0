/** What an entity may be used for. */
type EntityStatus =
  | 'Active'
  | 'Disabled'
  | 'SendDisabled'
  | 'ReceiveDisabled'
  | 'Creating'
  | 'Deleting'
  | 'Renaming'
  | 'Restoring'
  | 'Unknown';

/** What queues and subscriptions have in common. Durations are milliseconds; `Infinity` is for ever. */
export interface ReceivingSettings {
  readonly lockDurationMs: number;
  readonly requiresSession: boolean;
  readonly defaultMessageTimeToLiveMs: number;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly maxDeliveryCount: number;
  readonly enableBatchedOperations: boolean;
  readonly status: EntityStatus;
  readonly forwardTo: string | undefined;
  readonly forwardDeadLetteredMessagesTo: string | undefined;
  readonly userMetadata: string | undefined;
  readonly autoDeleteOnIdleMs: number;
}

/** What queues and topics have in common. */
export interface SendingSettings {
  readonly requiresDuplicateDetection: boolean;
  readonly duplicateDetectionHistoryTimeWindowMs: number;
  readonly maxSizeInMegabytes: number;
  readonly maxMessageSizeInKilobytes: number | undefined;
  readonly enablePartitioning: boolean;
  readonly enableExpress: boolean;
  readonly supportOrdering: boolean;
  readonly authorizationRules: readonly AuthorizationRule[];
}

/** A key of an entity: kept and given back, never enforced. */
export interface AuthorizationRule {
  readonly claimType: string;
  readonly claimValue: string;
  readonly rights: readonly string[];
  readonly keyName: string;
  readonly primaryKey: string | undefined;
  readonly secondaryKey: string | undefined;
}

export interface QueueDescription extends ReceivingSettings, SendingSettings {}

export interface TopicDescription extends SendingSettings {
  readonly defaultMessageTimeToLiveMs: number;
  readonly enableBatchedOperations: boolean;
  readonly status: EntityStatus;
  readonly userMetadata: string | undefined;
  readonly autoDeleteOnIdleMs: number;
}

export interface SubscriptionDescription extends ReceivingSettings {
  readonly deadLetteringOnFilterEvaluationExceptions: boolean;
}

/** Dates that Azure shows of an entity, in milliseconds since the epoch. */
export interface EntityDates {
  createdAtMs: number;
  updatedAtMs: number;
  accessedAtMs: number;
}

/** An entity as it is written down. */
export type EntityRecord = { readonly path: string; readonly dates: EntityDates } & (
  | { readonly kind: 'queue'; readonly description: QueueDescription }
  | { readonly kind: 'topic'; readonly description: TopicDescription }
  | { readonly kind: 'subscription'; readonly description: SubscriptionDescription }
);

/** A value that a rule is given from outside: a property to match, a parameter of an expression. */
export type RuleValue = string | number | boolean | Date;

/** What a rule selects by. */
export type RuleFilter =
  | { readonly type: 'true' }
  | { readonly type: 'false' }
  | {
      readonly type: 'sql';
      readonly expression: string;
      readonly parameters: Readonly<Record<string, RuleValue>>;
    }
  | {
      readonly type: 'correlation';
      readonly correlationId?: string | undefined;
      readonly messageId?: string | undefined;
      readonly to?: string | undefined;
      readonly replyTo?: string | undefined;
      readonly label?: string | undefined;
      readonly sessionId?: string | undefined;
      readonly replyToSessionId?: string | undefined;
      readonly contentType?: string | undefined;
      readonly properties: Readonly<Record<string, RuleValue>>;
    };

/** What a rule does to the copy it selects. */
export interface RuleAction {
  readonly expression: string;
  readonly parameters: Readonly<Record<string, RuleValue>>;
}

/** A rule as it is written down. */
export interface RuleRecord {
  readonly name: string;
  readonly filter: RuleFilter;
  readonly action: RuleAction | undefined;
  readonly createdAtMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

const receiving: ReceivingSettings = {
  lockDurationMs: MINUTE_MS,
  requiresSession: false,
  defaultMessageTimeToLiveMs: Infinity,
  deadLetteringOnMessageExpiration: false,
  maxDeliveryCount: 10,
  enableBatchedOperations: true,
  status: 'Active',
  forwardTo: undefined,
  forwardDeadLetteredMessagesTo: undefined,
  userMetadata: undefined,
  autoDeleteOnIdleMs: Infinity,
};

const sending: SendingSettings = {
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindowMs: 10 * MINUTE_MS,
  maxSizeInMegabytes: 1024,
  maxMessageSizeInKilobytes: undefined,
  enablePartitioning: false,
  enableExpress: false,
  supportOrdering: true,
  authorizationRules: [],
};

/** The settings of an entity that is created without any, as Azure documents them. */
export const queueDefaults: QueueDescription = { ...receiving, ...sending };

export const topicDefaults: TopicDescription = {
  ...sending,
  defaultMessageTimeToLiveMs: Infinity,
  enableBatchedOperations: true,
  status: 'Active',
  userMetadata: undefined,
  autoDeleteOnIdleMs: Infinity,
};

export const subscriptionDefaults: SubscriptionDescription = {
  ...receiving,
  deadLetteringOnFilterEvaluationExceptions: true,
};
