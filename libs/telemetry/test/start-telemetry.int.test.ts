import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SpanKind } from '@opentelemetry/api';
import { aynaMeter, aynaTracer, createLogger, startOpsServer } from '@ayna/platform';
import { startTelemetryEmulator, type TelemetryEmulator } from '@ayna/emulator-telemetry';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTelemetry, type Telemetry, type TelemetryOptions } from '../src/index.ts';

const KEY = 'd3adbeef-0000-4000-8000-00000000c0de';
const logger = createLogger('test', 'silent');

let emulator: TelemetryEmulator;
let telemetry: Telemetry | undefined;
beforeEach(async () => {
  emulator = await startTelemetryEmulator();
});
afterEach(async () => {
  await telemetry?.close();
  vi.unstubAllEnvs();
  await emulator[Symbol.asyncDispose]();
});

/** The exporters read the environment of the process. */
async function start(env: Readonly<Record<string, string>>): Promise<Telemetry> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  telemetry = await startTelemetry({ serviceName: 'ayna-test', logger });
  return telemetry;
}

function doSomething(): void {
  const tracer = aynaTracer();
  tracer.startActiveSpan('trigger', { kind: SpanKind.SERVER }, (span) => {
    tracer.startSpan('publish', { kind: SpanKind.PRODUCER }).end();
    span.end();
  });
  aynaMeter().createHistogram('sql_mirror_latency_ms', { unit: 'ms' }).record(12);
}

test('what was recorded is scraped by its name, and nothing is sent when nobody asks for it', async () => {
  const metrics = await start({});
  const ops = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    ready: () => true,
    status: () => ({}),
  });
  doSomething();
  const page = await (await fetch(`http://127.0.0.1:${ops.port}/metrics`)).text();
  expect(page).toContain('sql_mirror_latency_ms_bucket');
  expect(page).toContain('process_cpu_seconds_total');
  expect(page).toContain('process_resident_memory_bytes');
  await ops.close();
  await metrics.flush();
  expect(emulator.spans()).toEqual([]);
  expect(emulator.azure()).toEqual([]);
});

/** The labels by which a program says who it is. */
async function whoSends(options: Partial<TelemetryOptions>): Promise<string> {
  const metrics = await startTelemetry({ serviceName: 'ayna-test', logger, ...options });
  const ops = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    ready: () => true,
    status: () => ({}),
  });
  const page = await (await fetch(`http://127.0.0.1:${ops.port}/metrics`)).text();
  await ops.close();
  await metrics.close();
  return /^target_info\{(.*)\} 1$/m.exec(page)?.[1] ?? '';
}

test('replicas are told apart, a job goes on with the series of its last run, and what is set is kept', async () => {
  const own = /service_instance_id="[^"]+"/;
  const [one] = own.exec(await whoSends({})) ?? [];
  const [other] = own.exec(await whoSends({})) ?? [];
  expect([one, other]).toEqual([expect.any(String), expect.any(String)]);
  expect(one).not.toBe(other);
  expect(await whoSends({ replicated: false })).not.toMatch(own);
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.instance.id=seven');
  expect(await whoSends({})).toContain('service_instance_id="seven"');
});

test('traces and metrics are sent by OTLP in JSON, with the name of the service', async () => {
  await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: emulator.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'service.version=7',
  });
  doSomething();
  await telemetry?.flush();
  const [publish, trigger] = emulator.spans();
  expect(trigger).toMatchObject({ name: 'trigger', service: 'ayna-test', kind: 'server' });
  expect(publish).toMatchObject({ name: 'publish', parentSpanId: trigger?.spanId });
  expect(emulator.metricNames()).toContain('sql_mirror_latency_ms');
  expect(emulator.contentTypes('/v1/traces')).toEqual(new Set(['application/json']));
});

test('OTLP is written in protobuf unless JSON is asked for', async () => {
  await start({ OTEL_EXPORTER_OTLP_ENDPOINT: emulator.url });
  doSomething();
  await telemetry?.flush();
  const protobuf = new Set(['application/x-protobuf']);
  expect(emulator.contentTypes('/v1/traces')).toEqual(protobuf);
  expect(emulator.contentTypes('/v1/metrics')).toEqual(protobuf);
});

test('Azure Monitor gets traces that it can join, and metrics by the same names', async () => {
  await using azure = await startTelemetryEmulator({ tls: true });
  const trusted = getCACertificates('default');
  setDefaultCACertificates([...trusted, azure.certificate ?? '']);
  await start({
    APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${KEY};IngestionEndpoint=${azure.url}/`,
    APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
  });
  doSomething();
  await telemetry?.flush();
  setDefaultCACertificates(trusted);
  const of = (type: string) => azure.azure().filter(({ data }) => data.baseType === type);
  const [request] = of('RequestData');
  const [dependency] = of('RemoteDependencyData');
  expect(request).toMatchObject({ iKey: KEY, data: { baseData: { name: 'trigger' } } });
  expect(request?.tags).toMatchObject({ 'ai.cloud.role': 'ayna.ayna-test' });
  expect(dependency).toMatchObject({
    data: { baseData: { name: 'publish', type: 'Queue Message' } },
    tags: {
      'ai.operation.id': request?.tags['ai.operation.id'],
      'ai.operation.parentId': request?.data.baseData.id,
    },
  });
  const names = of('MetricData').flatMap(({ data }) =>
    (data.baseData.metrics as { name: string }[]).map(({ name }) => name),
  );
  expect(names).toContain('sql_mirror_latency_ms');
});

test('a program that ends sends its last metrics first', async () => {
  await start({
    OTEL_EXPORTER_OTLP_ENDPOINT: emulator.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  });
  doSomething();
  await telemetry?.close();
  expect(emulator.metricNames()).toContain('sql_mirror_latency_ms');
  expect(emulator.spans()).toHaveLength(2);
});

test('a collector that never answers does not keep a program from ending', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as AddressInfo;
  await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  doSomething();
  await telemetry?.close(50);
  silent.closeAllConnections();
  silent.close();
});

test('OTEL_SDK_DISABLED sends nothing, whatever else is set', async () => {
  await start({
    OTEL_SDK_DISABLED: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: emulator.url,
    APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${KEY};IngestionEndpoint=${emulator.url}/`,
  });
  doSomething();
  await telemetry?.close();
  expect(emulator.contentTypes('/v1/traces')).toEqual(new Set());
  expect(emulator.azure()).toEqual([]);
});

test.for([
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '7'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', 'large'],
  ['APPLICATIONINSIGHTS_CONNECTION_STRING', 'planted-nonsense'],
] as const)('a wrong %s is said, without its value, and the rest works', async ([name, value]) => {
  const said: string[] = [];
  const warn = (fields: object, text: string) => void said.push(JSON.stringify(fields) + text);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', emulator.url);
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json');
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'traceidratio');
  vi.stubEnv(name, value);
  telemetry = await startTelemetry({
    serviceName: 'ayna-test',
    logger: { ...logger, warn } as unknown as typeof logger,
  });
  doSomething();
  await telemetry.flush();
  expect(emulator.spans()).toHaveLength(2);
  expect(said).not.toEqual([]);
  expect(said.join('\n')).not.toContain(value === '7' ? ' 7' : value);
});
