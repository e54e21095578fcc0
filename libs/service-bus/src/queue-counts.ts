import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { brokerFailure } from './broker-failure.ts';

/** How many messages a subscription holds. */
export interface QueueCounts {
  /** Waiting or locked. */
  readonly depth: number;
  readonly deadLetters: number;
}

const TIMEOUT_MS = 10_000;

/**
 * Counts the messages of a subscription. The key needs the Manage right.
 *
 * @throws AynaError `BrokerRejected` without that right, `BrokerUnavailable`
 */
export async function readQueueCounts(
  administration: ServiceBusAdministrationClient,
  topic: string,
  subscription: string,
  abortSignal?: AbortSignal,
): Promise<QueueCounts> {
  try {
    const counts = await administration.getSubscriptionRuntimeProperties(topic, subscription, {
      requestOptions: { timeout: TIMEOUT_MS },
      ...(abortSignal ? { abortSignal } : {}),
    });
    return { depth: counts.activeMessageCount, deadLetters: counts.deadLetterMessageCount };
  } catch (error) {
    throw brokerFailure(error, `the messages of "${topic}/${subscription}" cannot be counted`);
  }
}
