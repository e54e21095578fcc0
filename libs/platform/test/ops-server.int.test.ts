import { afterEach, expect, test } from 'vitest';
import {
  aynaMeter,
  startMetrics,
  startOpsServer,
  type Metrics,
  type OpsServer,
} from '../src/index.ts';

let metrics: Metrics;
let server: OpsServer;
let ready = true;

async function start() {
  metrics = startMetrics();
  server = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    metrics,
    ready: () => ready,
    status: () => ({ inHand: 3 }),
  });
  return (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
}
afterEach(async () => {
  await server.close();
  await metrics.close();
});

test('readiness follows the work, liveness does not', async () => {
  const get = await start();
  expect((await get('/health/ready')).status).toBe(200);
  ready = false;
  expect((await get('/health/ready')).status).toBe(503);
  expect((await get('/health/live')).status).toBe(200);
});

test('what was recorded is scraped by its name', async () => {
  const get = await start();
  aynaMeter().createHistogram('sql_mirror_latency_ms').record(12);
  expect(await (await get('/metrics')).text()).toContain('sql_mirror_latency_ms_bucket');
});

test('the status is JSON, and an unknown path is a 404', async () => {
  const get = await start();
  expect(await (await get('/status')).json()).toEqual({ inHand: 3 });
  expect((await get('/nothing')).status).toBe(404);
});
