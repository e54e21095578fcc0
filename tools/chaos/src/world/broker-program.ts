import { parseArgs } from 'node:util';
import { startServiceBusEmulator } from '@ayna/emulator-service-bus';
import { jumpingClock } from './jumping-clock.ts';

/**
 * A program: the embedded Service Bus with a clock that jumps when it is told `{ jumpMs }`. It
 * tells its connection string, and stops in order with SIGTERM.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'data-dir': { type: 'string' },
    'ahead-ms': { type: 'string', default: '0' },
  },
});
const clock = jumpingClock(Number(values['ahead-ms']));
const emulator = await startServiceBusEmulator({
  port: Number(values.port),
  clock,
  ...(values['data-dir'] === undefined ? {} : { dataDirectory: values['data-dir'] }),
});
process.on('message', (message: { readonly jumpMs: number }) => clock.jump(message.jumpMs));
process.once('SIGTERM', () => {
  void emulator.close().then(() => process.exit(0));
});
process.send?.(emulator.connectionString);
