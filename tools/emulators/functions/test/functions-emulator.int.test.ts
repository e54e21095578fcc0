import { HttpsError, onCall, onRequest } from 'firebase-functions/v2/https';
import { expect, test } from 'vitest';
import { startFunctionsEmulator } from '../src/index.ts';

const echo = onCall<unknown>(({ data }) => ({ echo: data }));
const refuse = onCall(() => {
  throw new HttpsError('permission-denied', 'no', { field: 'x' });
});
const length = onRequest((request, response) => {
  response.send(String(request.rawBody.length));
});

const start = () =>
  startFunctionsEmulator({ projectId: 'demo', functions: { echo, refuse, length } });

function post(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

test('callables answer as they do in the cloud', async () => {
  await using emulator = await start();
  const answered = await post(`${emulator.url}/echo`, '{"data":{"a":[1,null]}}');
  expect(await answered.json()).toEqual({ result: { echo: { a: [1, null] } } });
  const refused = await post(`${emulator.url}/refuse`, '{"data":null}');
  expect([refused.status, await refused.json()]).toEqual([
    403,
    { error: { status: 'PERMISSION_DENIED', message: 'no', details: { field: 'x' } } },
  ]);
  expect((await post(`${emulator.url}/echo`, '{"a":1}')).status).toBe(400);
});

test('functions get the body as it came, and names that nobody has are not found', async () => {
  await using emulator = await start();
  expect(await (await post(`${emulator.url}/length`, '{ "a" : 1 }')).text()).toBe('11');
  expect((await post(`${emulator.url}/other`, '{}')).status).toBe(404);
});

test('a body larger than functions in the cloud take is refused', async () => {
  await using emulator = await start();
  const body = JSON.stringify({ data: 'x'.repeat(33 * 1_024 * 1_024) });
  expect((await post(`${emulator.url}/echo`, body)).status).toBe(413);
});
