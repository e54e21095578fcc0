import { AynaError } from '@ayna/contract';
import { startOpsServer } from '@ayna/platform';
import { startTelemetry } from '@ayna/telemetry';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openGatewayUnderTest, refusalOf } from './gateway-under-test.ts';

const ali = { userId: 'ali' };
const BODY = 'a body that nobody else may read';

test('the log says who was refused what and why, and never what a document or a request holds', async () => {
  await using mirror = await openGatewayUnderTest();
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
  const gateway = mirror.withPorts({ logger });
  const { firestore } = mirror;
  await firestore.doc('conversations/c').set({ ownerId: 'ali' });
  await firestore.doc('conversations/c/messages/m').set({ body: BODY });
  await firestore.doc('conversations/c/messages/broken').set({ body: [BODY] });
  const message = (messageId: string) => ({ conversationId: 'c', messageId });
  await gateway.sqlGatewayEnsureMessage(ali, message('m'));
  expect(lines).toEqual([]);
  await refusalOf(gateway.sqlGatewayEnsureMessage({ userId: 'eve' }, message('m')));
  await refusalOf(gateway.sqlGatewayEnsureMessage(ali, { ...message('m'), body: BODY }));
  await refusalOf(gateway.sqlGatewayEnsureMessage(ali, message('broken')));
  const away = mirror.withPorts({
    logger,
    store: {
      ...mirror.store,
      apply: () => Promise.reject(new AynaError('SqlUnavailable', 'no answer (db:5432/ayna)')),
    },
  });
  await refusalOf(away.sqlGatewayEnsureMessage(ali, message('m')));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { userId: 'eve', call: 'sqlGatewayEnsureMessage', refusal: 'permission-denied', level: 30 },
    { userId: 'ali', refusal: 'invalid-argument', details: { field: 'body' }, level: 30 },
    { refusal: 'failed-precondition', details: { code: 'ContractViolation' }, level: 30 },
    { refusal: 'unavailable', details: { code: 'SqlUnavailable' }, level: 40 },
  ]);
  expect(lines[2]).toContain('the field \\"body\\" is an array');
  expect(lines.join('')).not.toContain(BODY);
});

test('what clients call is measured by name and outcome, their dual writes by category', async () => {
  const metrics = await startTelemetry({
    serviceName: 'test',
    logger: pino({ level: 'silent' }),
    env: {},
  });
  await using mirror = await openGatewayUnderTest();
  const options = { host: '127.0.0.1', port: 0, ready: () => true, status: () => ({}) };
  const ops = await startOpsServer({ ...options, metrics });
  try {
    const { firestore, gateway } = mirror;
    await firestore.doc('follows/ali/targets/veli').set({ edgeType: 'follow' });
    const edge = { userId: 'ali', targetId: 'veli' };
    await gateway.sqlGatewayEnsureFollow(ali, { ...edge, writtenAtMs: Date.now() - 5 });
    await gateway.sqlGatewayEnsureFollow(ali, { ...edge, writtenAtMs: 0 });
    await refusalOf(gateway.sqlGatewayListFollowers(undefined, {}));
    const page = await (await fetch(`http://127.0.0.1:${ops.port}/metrics`)).text();
    const counted = (metric: string, ...labels: string[]) =>
      page
        .split('\n')
        .filter((line) => line.startsWith(metric) && labels.every((each) => line.includes(each)))
        .map((line) => Number(line.split(' ')[1]));
    const calls = 'callable_latency_count';
    expect(
      counted(calls, 'followSqlMirror', 'call="sqlGatewayEnsureFollow"', 'outcome="ok"'),
    ).toEqual([2]);
    expect(counted(calls, 'ListFollowers"', 'outcome="unauthenticated"')).toEqual([1]);
    expect(counted('gateway_ensured_total', 'outcome="applied"')).toEqual([1]);
    expect(counted('gateway_ensured_total', 'outcome="duplicate"')).toEqual([1]);
    expect(counted('document_to_sql_latency_ms_count', 'entity="follow.edge"')).toEqual([1]);
    // A client's clock that is off by years says nothing.
    expect(counted('dual_write_latency_ms_count', 'category="followSqlMirror"')).toEqual([1]);
  } finally {
    await ops.close();
    await metrics.close();
  }
});
