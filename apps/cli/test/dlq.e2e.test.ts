import { expect, test } from 'vitest';
import { ayna } from './ayna.ts';
import { jsonLines, openBroker, pathOf } from './broker-under-test.ts';

const EVENTUALLY = { timeout: 30_000, interval: 10 };
const DAY_MS = 86_400_000;

test('list shows a line for each letter, without what would upset a terminal, and counts on standard error', async () => {
  await using t = await openBroker();
  await t.bury(['a', 'b']);
  await t.bury(['c'], 'SqlRejected');
  const { code, stdout, stderr } = await t.ayna('dlq', 'list');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^NUMBER +ENQUEUED +REASON +TYPE +TRY +PATH +DESCRIPTION$/),
    expect.stringContaining(pathOf('a')),
    expect.stringContaining(pathOf('b')),
    expect.stringMatching(/SqlRejected +dm\.message\.create .* wrong,·\[31m in detail$/),
    '',
  ]);
  expect(stderr).toContain('3 dead letters: 2 ContractViolation, 1 SqlRejected.');
  expect(stderr).toContain('holds 3 dead letters in all, and 0 messages wait');

  const json = await t.ayna('dlq', 'list', '--json', '--reason', 'SqlRejected');
  expect(jsonLines(json.stdout)).toMatchObject([{ reason: 'SqlRejected', path: pathOf('c') }]);
});

test('show tells all of one letter with its remedy, and one that is not there ends with 2', async () => {
  await using t = await openBroker();
  await t.bury(['a'], 'MaxDeliveryCountExceeded');
  const shown = await t.ayna('dlq', 'show', '1');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/what to do +Look for restarts of the writer/);
  expect(shown.stdout).toContain('"body": "body of a"');
  const json = await t.ayna('dlq', 'show', '1', '--json');
  expect(jsonLines(json.stdout)).toMatchObject([
    { eventId: 'event-a', body: { messageId: 'a' }, properties: { cloudEvents_id: 'event-a' } },
  ]);
  const missing = await t.ayna('dlq', 'show', '99');
  expect([missing.code, missing.stdout]).toEqual([2, '']);
});

test('replay sends what fits to the topic again and leaves one record for each', async () => {
  await using t = await openBroker();
  await t.bury(['a', 'b', 'c']);
  const { code, stdout, stderr } = await t.ayna(
    ...['dlq', 'replay', '--key', 'b', '--as', 'ada', '--json'],
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'Replayed 1.\n' });
  const records = await t.audit();
  expect(records).toMatchObject([{ by: 'ada', action: 'replay', path: pathOf('b'), attempt: 2 }]);
  expect(jsonLines(stdout)).toMatchObject([
    { outcome: 'replayed', path: pathOf('b'), newMessageId: records[0]?.newMessageId },
  ]);
  expect(await t.deadPaths()).toEqual([pathOf('a'), pathOf('c')]);
  expect(await t.deliveredPaths()).toEqual([pathOf('b')]);
});

test('a dry run prints what would be replayed, and neither sends nor records anything', async () => {
  await using t = await openBroker();
  await t.bury(['a', 'b']);
  const { code, stdout } = await t.ayna('dlq', 'replay', '--dry-run', '--limit', '1');
  expect(code).toBe(0);
  expect(stdout).toBe(`1  dm.message.create  ${pathOf('a')}  would be replayed\n`);
  expect(await t.audit()).toEqual([]);
  expect(await t.deliveredPaths()).toEqual([]);
  expect(await t.deadPaths()).toHaveLength(2);
});

test('a letter that must not be replayed is skipped with the reason, and the exit code is 1', async () => {
  await using t = await openBroker();
  await t.bury(['old'], 'SqlRejected', new Date(Date.now() - 31 * DAY_MS));
  const { code, stdout } = await t.ayna('dlq', 'replay');
  expect(code).toBe(1);
  expect(stdout).toMatch(/skipped: .*31 days old.*ayna mirror repair/);
});

test('discard refuses without a terminal to ask at, says how to, and touches nothing', async () => {
  await using t = await openBroker();
  await t.bury(['a', 'b']);
  const { code, stdout, stderr } = await t.ayna('dlq', 'discard');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/Discard 2 dead letters of "realtime-mirror\/sql-writer".*--yes/);
  expect(await t.deadPaths()).toHaveLength(2);
  expect(await t.audit()).toEqual([]);
});

test('a dry run of a discard asks nobody, prints what would go, and touches nothing', async () => {
  await using t = await openBroker();
  await t.bury(['a', 'b']);
  const { code, stdout } = await t.ayna('dlq', 'discard', '--dry-run', '2');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `2  dm.message.create  ${pathOf('b')}  would be discarded\n`,
  });
  expect(await t.deadPaths()).toHaveLength(2);
  expect(await t.audit()).toEqual([]);
});

test('discard --yes takes out what fits for good, and the audit keeps it', async () => {
  await using t = await openBroker();
  await t.bury(['a']);
  await t.bury(['b'], 'Oversize');
  const { code, stdout } = await t.ayna('dlq', 'discard', '--yes', '--reason', 'Oversize');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `2  dm.message.create  ${pathOf('b')}  discarded\n`,
  });
  expect(await t.deadPaths()).toEqual([pathOf('a')]);
  expect(await t.deliveredPaths()).toEqual([]);
  const [record] = await t.audit();
  const { json } = (record?.message as { body: { json: string } }).body;
  expect(JSON.parse(json)).toMatchObject({ messageId: 'b' });
});

test('a replay that is killed half-way and run again loses and doubles nothing', async () => {
  await using t = await openBroker(1_000);
  const ids = Array.from({ length: 30 }, (_, index) => `m${index + 10}`);
  await t.bury(ids);
  const first = t.start('dlq', 'replay', '--rate', '20');
  await expect.poll(() => first.stdout().split('\n').length, EVENTUALLY).toBeGreaterThan(5);
  first.kill('SIGKILL');
  expect((await first.ended).code).toBeNull();
  const left = await t.deadPaths();
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThan(30);

  const second = await t.ayna('dlq', 'replay');
  expect(second.code).toBe(0);
  expect(await t.deadPaths()).toEqual([]);
  expect(await t.deliveredPaths()).toEqual(ids.map(pathOf));
  const replays = new Map((await t.audit()).map((one) => [one.newMessageId, one.path]));
  expect([...replays.values()].sort()).toEqual(ids.map(pathOf));
});

test('Ctrl-C finishes the step in hand, says what is left, gives it back and ends with 130', async () => {
  await using t = await openBroker();
  const ids = Array.from({ length: 30 }, (_, index) => `m${index + 10}`);
  await t.bury(ids);
  const run = t.start('dlq', 'replay', '--rate', '20');
  await expect.poll(() => run.stdout().split('\n').length, EVENTUALLY).toBeGreaterThan(5);
  run.kill('SIGINT');
  const { code, stdout, stderr } = await run.ended;
  expect(code).toBe(130);
  const done = stdout.split('\n').length - 1;
  expect(stderr).toContain(`Replayed ${done}, ${30 - done} are left: run it again.`);
  // Nothing of the rest is locked any more: no lock runs out within this test.
  expect((await t.ayna('dlq', 'replay')).stderr).toBe(`Replayed ${30 - done}.\n`);
  expect(await t.deliveredPaths()).toEqual(ids.map(pathOf));
});

test.for([
  ['no broker', {}, 'SERVICEBUS_CONNECTION_STRING is missing'],
  [
    'a broken connection string',
    { SERVICEBUS_CONNECTION_STRING: 'Endpoint=sb://x/;SharedAccessKey=hush' },
    'cannot be read',
  ],
] as const)('%s in the settings is told clearly and ends with 2', async ([, env, message]) => {
  const { code, stdout, stderr } = await ayna(['dlq', 'list'], env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('hush');
});
