export { DEFAULT_LIMITS, type HubLimits } from './hub-limits.ts';
export type { HubCounts } from './hub-measurements.ts';
export { migrateRealtimeLog } from './log/migrate-realtime-log.ts';
export {
  firestoreMemberships,
  mirrorMemberships,
  type Membership,
  type MembershipSource,
} from './membership/membership-source.ts';
export { startHub, type Hub, type HubOptions, type HubStatus } from './start-hub.ts';
export {
  connectWebPubSub,
  DEFAULT_HUB_NAME,
  type WebPubSub,
  type WebPubSubOptions,
} from './web-pubsub/web-pubsub.ts';
