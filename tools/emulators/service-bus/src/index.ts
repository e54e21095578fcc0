export {
  startServiceBusEmulator,
  type ServiceBusEmulator,
  type ServiceBusEmulatorOptions,
} from './service-bus-emulator.ts';
export type {
  QueueDescription,
  RuleRecord,
  SubscriptionDescription,
  TopicDescription,
} from './broker/entity-description.ts';
export type { RuleSettings, SubscriptionSettings, Topology } from './topology.ts';
export { createManualClock, type Clock, type ManualClock } from './broker/clock.ts';
