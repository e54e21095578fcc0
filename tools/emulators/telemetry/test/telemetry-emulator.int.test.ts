import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTelemetryEmulator, type TelemetryEmulator } from '../src/index.ts';

let emulator: TelemetryEmulator;
beforeEach(async () => {
  emulator = await startTelemetryEmulator();
});
afterEach(() => emulator[Symbol.asyncDispose]());

const post = (path: string, body: unknown) =>
  fetch(`${emulator.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** The example of the protocol's own repository, open-telemetry/opentelemetry-proto/examples/trace.json. */
const EXAMPLE = {
  resourceSpans: [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { stringValue: 'my.service' } }],
      },
      scopeSpans: [
        {
          scope: { name: 'my.library', version: '1.0.0' },
          spans: [
            {
              traceId: '5B8EFFF798038103D269B633813FC60C',
              spanId: 'EEE19B7EC3C1B174',
              parentSpanId: 'EEE19B7EC3C1B173',
              name: "I'm a server span",
              startTimeUnixNano: '1544712660000000000',
              endTimeUnixNano: '1544712661000000000',
              kind: 2,
              attributes: [{ key: 'my.span.attr', value: { stringValue: 'some value' } }],
            },
          ],
        },
      ],
    },
  ],
};

test("the example of the protocol's specification is read to the letter", async () => {
  expect((await post('/v1/traces', EXAMPLE)).status).toBe(200);
  expect(emulator.spans()).toEqual([
    {
      service: 'my.service',
      traceId: '5B8EFFF798038103D269B633813FC60C',
      spanId: 'EEE19B7EC3C1B174',
      parentSpanId: 'EEE19B7EC3C1B173',
      name: "I'm a server span",
      kind: 'server',
      attributes: { 'my.span.attr': 'some value' },
      events: [],
      links: [],
      failed: false,
      start: 1_544_712_660_000_000_000n,
      end: 1_544_712_661_000_000_000n,
    },
  ]);
});

test('metrics are known by their names', async () => {
  await post('/v1/metrics', {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a' }, { name: 'b' }] }] }],
  });
  expect(emulator.metricNames()).toEqual(new Set(['a', 'b']));
});
