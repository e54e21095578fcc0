import { parseArgs } from 'node:util';
import { startPglite } from './pglite/start-pglite.ts';

/** `node src/main.ts --port 5432 --data-dir ./data --host 127.0.0.1`: prints its URL, runs until SIGTERM. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'data-dir': { type: 'string' },
  },
});
const dataDirectory = values['data-dir'];
const database = await startPglite({
  port: Number(values.port),
  host: values.host,
  ...(dataDirectory === undefined ? {} : { dataDirectory }),
});
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void database.close().then(() => process.exit(0)));
}
process.stdout.write(`${database.url}\n`);
