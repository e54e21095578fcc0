import { parseArgs } from 'node:util';
import { startPglite } from './pglite/start-pglite.ts';

/** `node src/main.ts --port 5432 --data-dir ./data --host 127.0.0.1`: prints its URL, runs until SIGTERM. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'data-dir': { type: 'string' },
    /** Ends with whoever holds the other end of its standard input, however that one ends. */
    'stop-with-stdin': { type: 'boolean', default: false },
  },
});
const dataDirectory = values['data-dir'];
const database = await startPglite({
  port: Number(values.port),
  host: values.host,
  ...(dataDirectory === undefined ? {} : { dataDirectory }),
});
const stop = (): void => void database.close().then(() => process.exit(0));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
if (values['stop-with-stdin']) process.stdin.resume().once('close', stop);
process.stdout.write(`${database.url}\n`);
