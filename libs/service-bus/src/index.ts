export { brokerFailure } from './broker-failure.ts';
export { fromMessage, toMessage } from './cloud-event-message.ts';
export {
  connectAdministration,
  connectServiceBus,
  DEFAULT_RETRY_COUNT,
  serviceBusEndpoint,
  type ServiceBusEndpoint,
} from './connection.ts';
export { serviceBusConfig, serviceBusSettings, type ServiceBusConfig } from './settings.ts';
export {
  DEFAULT_SQL_WRITER_SUBSCRIPTION,
  DEFAULT_TOPIC,
  MAX_DELIVERY_COUNT,
  mirrorTopology,
  provisionTopology,
  type Provisioned,
  type SubscriptionPlan,
  type Topology,
} from './topology.ts';
