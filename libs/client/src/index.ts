export type { ClientIssue, DropReason, IssueListener, PhaseReason } from './issue.ts';
export {
  CallableLatencyTracker,
  DEFAULT_LATENCY_WINDOW,
  type LatencyCategory,
  type LatencyFigures,
  type LatencySample,
  type LatencyWindow,
} from './latency/callable-latency-tracker.ts';
export {
  createMirrorClient,
  type MirrorClient,
  type MirrorClientOptions,
} from './mirror-client.ts';
export { CallableError, type CallableName, type CallablePort } from './ports/callable-port.ts';
export type { ClientFlags, Feature, ReadPhase } from './ports/client-flags.ts';
export { systemClock, type Clock } from './ports/clock.ts';
export {
  SERVER_TIME,
  type DocumentsQuery,
  type FirestorePort,
  type FirestoreWrite,
  type ProjectedDocument,
  type WrittenFields,
  type WrittenValue,
} from './ports/firestore-port.ts';
export type { KeyValueStorage } from './ports/key-value-storage.ts';
export type { Backoff } from './queue/backoff.ts';
export type { LockManagerPort } from './queue/exclusive.ts';
export type { EnsureCall, EnsureName } from './queue/queued-call.ts';
export {
  DEFAULT_RETRY_LIMITS,
  RetryQueue,
  type Intent,
  type RetryLimits,
  type RetryQueueOptions,
} from './queue/retry-queue.ts';
export type { ListView, WatchedList } from './read/list-view.ts';
export { DEFAULT_READ_INTERVALS, type ReadIntervals } from './read/mirrored-list.ts';
export type { PhaseStatus } from './read/phase-gate.ts';
export { DEFAULT_PHASE_LIMITS, type PhaseLimits } from './read/phase-limits.ts';
export type { FollowRow, MessageRow } from './read/row-kind.ts';
export type { SqlMirrorFollowRepository } from './read/sql-mirror-follow-repository.ts';
export type { SqlMirrorMessageRepository } from './read/sql-mirror-message-repository.ts';
export { RealtimeClient } from './realtime/realtime-client.ts';
export type { RealtimeIssue, RealtimeIssueListener } from './realtime/realtime-issue.ts';
export {
  DEFAULT_REALTIME_LIMITS,
  type RealtimeClientOptions,
  type RealtimeLimits,
  type RealtimeReset,
  type RealtimeStatus,
} from './realtime/realtime-options.ts';
export type {
  WebSocketConstructor,
  WebSocketEvent,
  WebSocketPort,
} from './realtime/web-socket-port.ts';
export { indexedDbStorage } from './storage/indexed-db-storage.ts';
export { memoryStorage } from './storage/memory-storage.ts';
export { webStorage, type WebStorage } from './storage/web-storage.ts';
export type { DualWriter } from './write/dual-writer.ts';
export type { FollowService } from './write/follow-service.ts';
export type { MessagingRepository, NewMessage } from './write/messaging-repository.ts';
