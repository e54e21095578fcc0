import { frame, readWireString, wireString, type WireFrame } from './wire-frames.ts';

const COPY_FROM_STDIN = /^\s*copy\b[^;]*\bfrom\s+stdin\b/im;
const REFUSE_COPY =
  "DO $$ BEGIN RAISE feature_not_supported USING MESSAGE = 'PGlite cannot COPY FROM STDIN: insert rows instead'; END $$";

/** `COPY ... FROM STDIN` ends PGlite's process (0.5.14); it becomes a statement that says no. */
export function withoutCopyFromStdin(message: WireFrame): WireFrame {
  const { type, bytes } = message;
  if (type !== 'Q' && type !== 'P') return message;
  const name = readWireString(bytes, 5);
  const sql = type === 'Q' ? name : readWireString(bytes, name.end);
  if (!COPY_FROM_STDIN.test(sql.text)) return message;
  const before = type === 'Q' ? Buffer.alloc(0) : bytes.subarray(5, name.end);
  return {
    type,
    bytes: frame(type, before, wireString(REFUSE_COPY), bytes.subarray(sql.end)),
  };
}

/** True when the message asks for notifications. */
export function isListen({ type, bytes }: WireFrame): boolean {
  return (type === 'Q' || type === 'P') && /\blisten\b/i.test(bytes.toString('latin1', 5, 200));
}

/**
 * Takes the NotificationResponse messages out of an answer: the backend is listening for every
 * connection, not only for the one that happened to be asking.
 */
export function splitNotifications(answer: Buffer): {
  readonly rest: Buffer;
  readonly notifications: Buffer;
} {
  const rest: Buffer[] = [];
  const notifications: Buffer[] = [];
  let start = 0;
  let at = 0;
  while (at + 5 <= answer.length) {
    const end = at + 1 + answer.readUInt32BE(at + 1);
    if (answer[at] === 0x41) {
      rest.push(answer.subarray(start, at));
      notifications.push(answer.subarray(at, end));
      start = end;
    }
    at = end;
  }
  if (start === 0) return { rest: answer, notifications: Buffer.alloc(0) };
  rest.push(answer.subarray(start));
  return { rest: Buffer.concat(rest), notifications: Buffer.concat(notifications) };
}
