import {
  parseServiceBusConnectionString,
  RetryMode,
  ServiceBusAdministrationClient,
  ServiceBusClient,
  type ServiceBusClientOptions,
} from '@azure/service-bus';
import { azureCredential } from '@ayna/azure-identity';
import { AynaError } from '@ayna/contract';
import { settleExactly } from './exact-settlements.ts';
import { allowPlainHttp } from './plain-http.ts';

/** How to reach a Service Bus namespace. */
export type ServiceBusEndpoint =
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  /** As who the process is at Azure (`azureCredential`); `namespace` is `NAME.servicebus.windows.net`. */
  | { readonly kind: 'identity'; readonly namespace: string };

/**
 * The endpoint that a program's settings name: a connection string, or else a namespace.
 *
 * @throws AynaError `ConfigInvalid` when neither is given
 */
export function serviceBusEndpoint(
  connectionString: string | undefined,
  namespace: string | undefined,
): ServiceBusEndpoint {
  if (connectionString !== undefined) return { kind: 'connectionString', connectionString };
  if (namespace !== undefined) return { kind: 'identity', namespace };
  throw new AynaError(
    'ConfigInvalid',
    'SERVICEBUS_CONNECTION_STRING is missing: expected the connection string of a Service Bus namespace (or, with a managed identity, SERVICEBUS_NAMESPACE=NAME.servicebus.windows.net)',
  );
}

/** @defaultValue 3, doubling the pause from 500 ms on, as in `publishRetryCount` */
export const DEFAULT_RETRY_COUNT = 3;
const RETRY_DELAY_MS = 500;
const MAX_RETRY_DELAY_MS = 30_000;

/**
 * How long the SDK waits for an answer before it tries again. It does not notice that the connection
 * over which a message went is gone, and would wait for its own 60 seconds, as long as a Firebase
 * function may run.
 */
const OPERATION_TIMEOUT_MS = 10_000;

/** Where Microsoft's emulator serves its administration API. */
const EMULATOR_ADMIN_PORT = 5300;

/**
 * A client for sending and receiving. Nothing is connected before the first use.
 *
 * @param retryCount how often the SDK repeats an operation that failed for a passing reason
 * @throws AynaError `ConfigInvalid` for a connection string that cannot be read, or variables that do
 * not say who the process is
 */
export function connectServiceBus(
  endpoint: ServiceBusEndpoint,
  retryCount: number = DEFAULT_RETRY_COUNT,
): ServiceBusClient {
  settleExactly();
  const options: ServiceBusClientOptions = {
    retryOptions: {
      maxRetries: retryCount,
      retryDelayInMs: RETRY_DELAY_MS,
      maxRetryDelayInMs: MAX_RETRY_DELAY_MS,
      mode: RetryMode.Exponential,
      timeoutInMs: OPERATION_TIMEOUT_MS,
    },
  };
  if (endpoint.kind === 'identity') {
    return new ServiceBusClient(endpoint.namespace, azureCredential(), options);
  }
  parseConnectionString(endpoint.connectionString);
  return new ServiceBusClient(endpoint.connectionString, options);
}

/**
 * A client for topics, subscriptions and their counts. For an emulator
 * (`UseDevelopmentEmulator=true`) it speaks plain HTTP to the port of the connection string, or to
 * 5300, where Microsoft's emulator listens, when that names no port.
 */
export function connectAdministration(
  endpoint: ServiceBusEndpoint,
): ServiceBusAdministrationClient {
  if (endpoint.kind === 'identity') {
    return new ServiceBusAdministrationClient(endpoint.namespace, azureCredential());
  }
  const { connectionString } = endpoint;
  parseConnectionString(connectionString);
  const client = new ServiceBusAdministrationClient(connectionString);
  if (/UseDevelopmentEmulator=true/i.test(connectionString)) {
    const [, host = 'localhost', port] =
      /Endpoint=sb:\/\/(\[[^\]]+\]|[^:/;]+)(?::(\d+))?/i.exec(connectionString) ?? [];
    allowPlainHttp(client, host, port === undefined ? EMULATOR_ADMIN_PORT : Number(port));
  }
  return client;
}

function parseConnectionString(connectionString: string): void {
  try {
    parseServiceBusConnectionString(connectionString);
  } catch {
    throw new AynaError(
      'ConfigInvalid',
      'the Service Bus connection string cannot be read: expected Endpoint=sb://HOST/;SharedAccessKeyName=NAME;SharedAccessKey=KEY',
    );
  }
}
