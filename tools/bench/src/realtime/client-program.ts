import { serverFrameSchema, type ServerFrame } from '@ayna/contract/realtime';
import { latencyRecorder, type LatencyRecorder, type LatencySummary } from '@ayna/platform';
import { idTokenOf } from '@ayna/test-clients';
import { WebSocket } from 'ws';

/** What this program says when it is asked. */
export interface ClientsReport {
  readonly received: number;
  /** Changes that a client got twice, or after a newer one of their conversation without the mark. */
  readonly wrong: number;
  readonly closed: number;
  /** Committed -> read by the client. */
  readonly latencyMs: LatencySummary;
}

/**
 * A program: so many clients of a hub, each of a user of its own, `u0`, `u1`, ... When all are live
 * it sends `{ connected }`; told anything it says what came since it was last told `{ reset }`.
 */
const [url = '', authHost = '', count = '0'] = process.argv.slice(2);
const AT_ONCE = 50;
const MICROS_PER_MS = 1_000;

let latency: LatencyRecorder = latencyRecorder();
let received = 0;
let wrong = 0;
let closed = 0;

async function connect(userId: string): Promise<void> {
  const token = await idTokenOf(authHost, userId);
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const newest = new Map<string, bigint>();
  const live = Promise.withResolvers<undefined>();
  socket.on('open', () => {
    socket.send(JSON.stringify({ type: 'open', protocol: 1, token, channels: ['me'] }));
  });
  socket.on('error', live.reject);
  socket.on('close', () => (closed += 1));
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    // What is checked of every frame would be measured with it: of a change, only what is needed.
    const frame = (
      text.startsWith('{"type":"change"')
        ? JSON.parse(text)
        : serverFrameSchema.parse(JSON.parse(text))
    ) as ServerFrame;
    if (frame.type === 'live') live.resolve(undefined);
    if (frame.type !== 'change') return;
    received += 1;
    const version = BigInt(frame.version);
    const conversation = frame.key.conversationId ?? '';
    if ((newest.get(conversation) ?? -1n) >= version && !frame.late) wrong += 1;
    newest.set(conversation, version);
    latency.record(performance.timeOrigin + performance.now() - Number(version) / MICROS_PER_MS);
  });
  await live.promise;
}

const users = Array.from({ length: Number(count) }, (_, at) => `u${at}`);
for (let at = 0; at < users.length; at += AT_ONCE) {
  await Promise.all(users.slice(at, at + AT_ONCE).map(connect));
}
process.send?.({ connected: users.length });

process.on('message', (asked) => {
  if (typeof asked === 'object' && asked !== null && 'reset' in asked) {
    latency = latencyRecorder();
    received = 0;
  }
  const report: ClientsReport = { received, wrong, closed, latencyMs: latency.summary() };
  process.send?.(report);
});
process.once('SIGTERM', () => process.exit(0));
