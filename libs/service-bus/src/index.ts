export { brokerFailure } from './broker-failure.ts';
export { fromMessage, toMessage } from './cloud-event-message.ts';
export {
  connectAdministration,
  connectServiceBus,
  DEFAULT_RETRY_COUNT,
  serviceBusEndpoint,
  type ServiceBusEndpoint,
} from './connection.ts';
export {
  openAuditFile,
  type AuditFile,
  type AuditRecord,
  type DiscardedMessage,
  type WriteAudit,
} from './dead-letters/audit.ts';
export type { DeadLetter, LetterBody } from './dead-letters/dead-letter.ts';
export type { DeadLetterFilter } from './dead-letters/filter.ts';
export {
  openDeadLetters,
  type DeadLetters,
  type DiscardOptions,
  type HandleOptions,
  type HandleReport,
  type PlannedReplay,
  type ReplayOptions,
} from './dead-letters/open-dead-letters.ts';
export { brokerReasons, explainReason, type ReasonExplained } from './dead-letters/reasons.ts';
export type { LetterPlace } from './dead-letters/peek-letters.ts';
export type { ReplayOutcome } from './dead-letters/replay.ts';
export type { Replay } from './dead-letters/replay-message.ts';
export { messageAttributes } from './message-attributes.ts';
export { MessageTrace } from './receiving/message-trace.ts';
export type { ConnectionTarget } from './receiving/connection.ts';
export { messageFields, Settling } from './receiving/settling.ts';
export {
  DEFAULT_ASK_TIMEOUT_MS,
  Subscription,
  type BrokerOutage,
  type SubscriptionOptions,
} from './receiving/subscription.ts';
export { DEFAULT_SILENCE_MS } from './receiving/watchdog.ts';
export {
  serviceBusOf,
  serviceBusSettings,
  tombstoneSettings,
  type ServiceBusPlace,
} from './settings.ts';
export {
  DEFAULT_SQL_WRITER_SUBSCRIPTION,
  DEFAULT_TOPIC,
  MAX_DELIVERY_COUNT,
  MESSAGE_LIFE_DAYS,
  mirrorTopology,
  provisionTopology,
  type Provisioned,
  type SubscriptionPlan,
  type Topology,
} from './topology.ts';
export { readQueueCounts, type QueueCounts } from './queue-counts.ts';
export {
  alertThresholds,
  queueWatchSettings,
  watchQueue,
  type AlertThresholds,
  type QueueAlert,
  type QueueWatch,
  type QueueWatchOptions,
} from './watch-queue.ts';
