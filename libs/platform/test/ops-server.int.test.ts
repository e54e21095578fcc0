import { afterEach, expect, test } from 'vitest';
import { startOpsServer, type OpsServer } from '../src/index.ts';

let server: OpsServer;
let ready = true;

async function start() {
  server = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    metrics: { handleScrape: (_request, response) => response.end('a_metric 1') },
    ready: () => ready,
    status: () => ({ inHand: 3 }),
  });
  return (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
}
afterEach(async () => {
  await server.close();
});

test('readiness follows the work, liveness does not', async () => {
  const get = await start();
  expect((await get('/health/ready')).status).toBe(200);
  ready = false;
  expect((await get('/health/ready')).status).toBe(503);
  expect((await get('/health/live')).status).toBe(200);
});

test('a scrape is answered by whoever collects the metrics', async () => {
  const get = await start();
  expect(await (await get('/metrics')).text()).toBe('a_metric 1');
});

test('the status is JSON, and an unknown path is a 404', async () => {
  const get = await start();
  expect(await (await get('/status')).json()).toEqual({ inHand: 3 });
  expect((await get('/nothing')).status).toBe(404);
});
