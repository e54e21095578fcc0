import { dmMessage } from '@ayna/contract';
import type { CollectedSpan } from '@ayna/emulator-telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTracedMirror, type TracedMirror, type TracedWriter } from './traced-mirror.ts';

const TOPIC = 'realtime-mirror';
const BODY = 'a body that no trace may hold';
const UPSERT = 'SELECT sp_store_mirror_upsert_dm_message';
const EVENTUALLY = { timeout: 60_000, interval: 20 };

let mirror: TracedMirror;
let writer: TracedWriter;
beforeAll(async () => {
  mirror = await startTracedMirror();
  writer = await mirror.startWriter();
});
afterAll(async () => {
  await writer.stop();
  await mirror[Symbol.asyncDispose]();
});

const pathOf = (id: string) => `conversations/traced/messages/${id}`;
const write = (id: string) => mirror.firestore.doc(pathOf(id)).set({ body: BODY });

/** The spans of all traces in which a document was published. */
function tracesOf(id: string): CollectedSpan[] {
  const spans = mirror.telemetry.spans();
  const traceIds = new Set(
    spans
      .filter(({ attributes }) => attributes['cloudevents.event_subject'] === pathOf(id))
      .map(({ traceId }) => traceId),
  );
  return spans.filter(({ traceId }) => traceIds.has(traceId));
}

/** Resolves with the trace of a document once its message has been settled. */
async function settledTrace(id: string): Promise<CollectedSpan[]> {
  await expect
    .poll(() => tracesOf(id).filter(({ name }) => name === `process ${TOPIC}`), EVENTUALLY)
    .not.toEqual([]);
  return tracesOf(id);
}

/** The only span of a name. */
function only(spans: readonly CollectedSpan[], name: string): CollectedSpan {
  const found = spans.filter((span) => span.name === name);
  const [span, ...more] = found;
  if (!span || more.length > 0)
    expect.fail(`${found.length} of ${name} among ${spans.map((each) => each.name).join(', ')}`);
  return span;
}

test('One trace shows all hops of one document', async () => {
  await write('alone');
  const spans = await settledTrace('alone');
  const trigger = only(spans, 'mirrorDmMessages');
  const publish = only(spans, `publish ${TOPIC}`);
  const process = only(spans, `process ${TOPIC}`);
  const apply = only(spans, UPSERT);
  const settle = only(spans, `settle ${TOPIC}`);

  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(
    spans.map(({ name, parentSpanId }) => [
      name,
      spans.find(({ spanId }) => spanId === parentSpanId)?.name,
    ]),
  ).toEqual(
    expect.arrayContaining([
      [trigger.name, undefined],
      [publish.name, trigger.name],
      [process.name, publish.name],
      [apply.name, process.name],
      [settle.name, process.name],
    ]),
  );
  expect(trigger).toMatchObject({ service: 'ayna-triggers', kind: 'server' });
  expect(publish).toMatchObject({ service: 'ayna-triggers', kind: 'producer' });
  expect(process).toMatchObject({
    service: 'ayna-writer',
    kind: 'consumer',
    attributes: {
      'messaging.system': 'servicebus',
      'messaging.destination.name': TOPIC,
      'messaging.destination.subscription.name': 'sql-writer',
      'messaging.operation.type': 'process',
      'messaging.servicebus.message.delivery_count': 1,
      'cloudevents.event_type': 'dm.message.create',
      'ayna.outcome': 'applied',
    },
  });
  expect(apply).toMatchObject({
    service: 'ayna-writer',
    kind: 'client',
    failed: false,
    attributes: {
      'db.system.name': 'postgresql',
      'db.stored_procedure.name': 'sp_store_mirror_upsert_dm_message',
      'ayna.outcome': 'applied',
    },
  });
  expect(settle).toMatchObject({ kind: 'client', attributes: { 'ayna.settlement': 'completing' } });
  const eventIds = [publish, process].map(({ attributes }) => attributes['cloudevents.event_id']);
  expect(eventIds[0]).toBe(eventIds[1]);
  const row = await mirror.store.read(dmMessage, { conversationId: 'traced', messageId: 'alone' });
  expect(row?.eventId).toBe(eventIds[0]);
  expect(
    JSON.stringify(spans, (_, value: unknown) => (typeof value === 'bigint' ? 0 : value)),
  ).not.toContain(BODY);
});

test('documents written in one batch keep their own traces, each linked to that of the batch', async () => {
  const before = (await writer.status()).counts.applied;
  // Two batches hang in the database, one document each; the others gather meanwhile.
  mirror.sqlLink.stall('toServer');
  const ids = ['b1', 'b2', 'b3', 'b4', 'b5', 'b6'];
  for (const [index, id] of ids.entries()) {
    await write(id);
    await expect.poll(async () => (await writer.status()).inHand, EVENTUALLY).toBe(index + 1);
  }
  mirror.sqlLink.heal();
  await expect
    .poll(async () => (await writer.status()).counts.applied, EVENTUALLY)
    .toBe(before + ids.length);
  const traces = await Promise.all(ids.map(settledTrace));
  const linked = traces.flatMap((spans, index) => {
    const apply = only(spans, UPSERT);
    expect(apply.parentSpanId).toBe(only(spans, `process ${TOPIC}`).spanId);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    return apply.links.map((link) => ({ link, id: ids[index], apply }));
  });
  expect(new Set(traces.map(([span]) => span?.traceId)).size).toBe(ids.length);
  expect(linked.length).toBeGreaterThanOrEqual(2);
  for (const { link, apply } of linked) {
    const batch = mirror.telemetry.spans().find(({ spanId }) => spanId === link.spanId);
    expect(batch?.parentSpanId).toBeUndefined();
    expect(batch?.attributes['db.operation.batch.size']).toBeGreaterThanOrEqual(2);
    expect(batch?.links.map(({ traceId }) => traceId)).toContain(apply.traceId);
  }
});

test('a message that is delivered again stays in its trace', async () => {
  await writer.stop();
  await write('again');
  const receiver = mirror.client.createReceiver(TOPIC, 'sql-writer');
  const [message] = await receiver.receiveMessages(1);
  expect(message).toBeDefined();
  if (message) await receiver.abandonMessage(message);
  await receiver.close();
  writer = await mirror.startWriter();
  const spans = await settledTrace('again');
  const process = only(spans, `process ${TOPIC}`);
  expect(process.attributes).toMatchObject({
    'messaging.servicebus.message.delivery_count': 2,
    'ayna.outcome': 'applied',
  });
  expect(process.parentSpanId).toBe(only(spans, `publish ${TOPIC}`).spanId);
});

test('each attempt is seen while SQL is away, and the one that succeeds', async () => {
  mirror.sqlLink.refuse();
  await write('waits');
  await expect
    .poll(async () => (await writer.status()).waiting?.attempts ?? 0, EVENTUALLY)
    .toBeGreaterThanOrEqual(2);
  mirror.sqlLink.admit();
  const spans = await settledTrace('waits');
  const process = only(spans, `process ${TOPIC}`);
  const attempts = spans.filter(({ name }) => name === UPSERT);
  expect(attempts.every(({ parentSpanId }) => parentSpanId === process.spanId)).toBe(true);
  const failed = attempts.filter((span) => span.failed);
  expect(failed.length).toBeGreaterThanOrEqual(2);
  expect(failed.every(({ attributes }) => attributes['error.type'] === 'SqlUnavailable')).toBe(
    true,
  );
  expect(attempts.filter((span) => !span.failed)).toMatchObject([
    { attributes: { 'ayna.outcome': 'applied' } },
  ]);
  expect(process.failed).toBe(false);
});

test('a message with a malformed trace context is applied like any other', async () => {
  await writer.stop();
  await write('malformed');
  const receiver = mirror.client.createReceiver(TOPIC, 'sql-writer');
  const [message] = await receiver.receiveMessages(1);
  expect(message?.applicationProperties?.cloudEvents_traceparent).toMatch(/^00-/);
  expect(message?.applicationProperties?.['Diagnostic-Id']).toMatch(/^00-/);
  const sender = mirror.client.createSender(TOPIC);
  const malformed: unknown[] = ['', 'x', '00-' + '0'.repeat(32) + '-' + '0'.repeat(16) + '-01', 7];
  for (const [index, traceparent] of malformed.entries()) {
    await sender.sendMessages({
      ...message,
      messageId: `malformed ${index}`,
      body: message?.body as unknown,
      applicationProperties: {
        ...message?.applicationProperties,
        cloudEvents_traceparent: traceparent as string,
        cloudEvents_tracestate: '\u0000=,,,',
        'Diagnostic-Id': traceparent as string,
      },
    });
  }
  if (message) await receiver.completeMessage(message);
  await receiver.close();
  writer = await mirror.startWriter();
  await expect
    .poll(async () => {
      const { applied, duplicate, deadLettered } = (await writer.status()).counts;
      return [applied + duplicate, deadLettered];
    }, EVENTUALLY)
    .toEqual([malformed.length, 0]);
});

test('exporters that cannot send harm nothing, and their keys are in no log', async () => {
  await writer.stop();
  const key = 'd3adbeef-0000-4000-8000-00000000c0de';
  writer = await mirror.startWriter({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:planted-password@127.0.0.1:9',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=planted-header',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${key};IngestionEndpoint=http://127.0.0.1:9/`,
    APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
    LOG_LEVEL: 'trace',
  });
  await write('unheard');
  await expect
    .poll(async () => (await writer.status()).counts, EVENTUALLY)
    .toMatchObject({ applied: 1, deadLettered: 0 });
  await expect.poll(() => writer.log(), EVENTUALLY).toContain('telemetry could not be sent');
  await writer.stop();
  expect(writer.log()).toContain('stopped');
  for (const secret of [key, 'planted-header', 'planted-password']) {
    expect(writer.log()).not.toContain(secret);
  }
});
