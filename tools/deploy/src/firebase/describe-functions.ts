import type { Endpoint, FunctionsManifest } from './discover.ts';

/** What Firebase will make of the functions, a line each, for people. */
export function describeFunctions({ endpoints }: FunctionsManifest): string {
  const all = Object.entries(endpoints);
  const width = Math.max(...all.map(([name]) => name.length));
  const [first] = all;
  return [
    ...all.map(([name, endpoint]) => `${name.padEnd(width)}  ${describeTrigger(endpoint)}`),
    ...(first ? [`each: ${describeSize(first[1])}`] : []),
  ].join('\n');
}

function describeTrigger({ eventTrigger, callableTrigger }: Endpoint): string {
  if (!eventTrigger) return callableTrigger ? 'callable' : 'HTTPS';
  const kind = eventTrigger.eventType.split('.').at(-1) ?? '';
  const document = eventTrigger.eventFilterPathPatterns?.document ?? '';
  return `document ${kind}: ${document}${eventTrigger.retry ? ', retried' : ''}`;
}

function describeSize(endpoint: Endpoint): string {
  const { availableMemoryMb, concurrency, minInstances, maxInstances, timeoutSeconds } = endpoint;
  const secrets = (endpoint.secretEnvironmentVariables ?? []).map(({ key }) => key);
  return [
    endpoint.region?.join(' ') ?? 'us-central1',
    `${availableMemoryMb ?? 256} MiB`,
    `${concurrency ?? 80} calls at a time`,
    `${minInstances ?? 0} to ${maxInstances ?? 100} instances`,
    `${timeoutSeconds ?? 60} s`,
    secrets.length > 0 ? `secrets ${secrets.join(' ')}` : 'no secrets',
  ].join(', ');
}
