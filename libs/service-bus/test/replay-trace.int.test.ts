import { pino } from 'pino';
import { startTelemetryEmulator } from '@ayna/emulator-telemetry';
import { startTelemetry } from '@ayna/telemetry';
import { expect, test, vi } from 'vitest';
import { event, openLetters } from './dead-letters-under-test.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

/** A message that was published in a trace. */
function traced(message = event('m1')) {
  const properties = {
    ...message.applicationProperties,
    cloudEvents_traceparent: traceparent,
    cloudEvents_tracestate: 'vendor=old',
    'Diagnostic-Id': traceparent,
  };
  return { ...message, applicationProperties: properties };
}

test('a replay is not in the trace of old, and says which that was', async () => {
  await using t = await openLetters();
  const message = event('m1');
  await t.bury([traced(message)]);
  await t.letters.replay(t.run);
  const [replayed] = await t.delivered();
  expect(replayed?.applicationProperties).toEqual({
    ...message.applicationProperties,
    ayna_first_published: expect.any(String) as unknown,
    ayna_replayed_traceparent: traceparent,
  });
});

test('a replay that is traced begins a trace of its own, linked to the one of old', async () => {
  await using telemetry = await startTelemetryEmulator();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', telemetry.url);
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json');
  const logger = pino({ level: 'silent' });
  const running = await startTelemetry({ serviceName: 'test', logger, scraped: false });
  try {
    await using t = await openLetters();
    await t.bury([traced()]);
    await t.letters.replay(t.run);
    const [replayed] = await t.delivered();
    await running.flush();
    const span = telemetry.spans().find(({ kind }) => kind === 'producer');
    expect(span).toMatchObject({ parentSpanId: undefined, links: [{ traceId: TRACE }] });
    expect(span?.traceId).not.toBe(TRACE);
    const carried = `00-${span?.traceId ?? ''}-${span?.spanId ?? ''}-01`;
    expect(replayed?.applicationProperties).toMatchObject({
      cloudEvents_traceparent: carried,
      'Diagnostic-Id': carried,
      ayna_replayed_traceparent: traceparent,
    });
    expect(replayed?.applicationProperties).not.toHaveProperty('cloudEvents_tracestate');
  } finally {
    await running.close();
    vi.unstubAllEnvs();
  }
});
