/** One message of the PostgreSQL wire protocol, as bytes that can be passed on unchanged. */
export interface WireFrame {
  /** The type byte as a character; a first message of a connection has none and says what it is. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** The codes that stand where a version would stand in the first message of a connection. */
const FIRST_MESSAGES = new Map([
  [80_877_102, 'cancel'],
  [80_877_103, 'encryption'],
  [80_877_104, 'encryption'],
]);

/** Cuts a stream of bytes into messages. */
export class FrameReader {
  private buffered: Buffer = Buffer.alloc(0);
  private started = false;

  push(data: Buffer): void {
    this.buffered = this.buffered.length === 0 ? data : Buffer.concat([this.buffered, data]);
  }

  /** The next whole message; undefined until more bytes come. */
  next(): WireFrame | undefined {
    const header = this.started ? 5 : 8;
    if (this.buffered.length < header) return undefined;
    const length = this.started ? this.buffered.readUInt32BE(1) + 1 : this.buffered.readUInt32BE(0);
    if (this.buffered.length < length) return undefined;
    const bytes = this.buffered.subarray(0, length);
    this.buffered = this.buffered.subarray(length);
    if (this.started) return { type: String.fromCharCode(bytes[0] ?? 0), bytes };
    const type = FIRST_MESSAGES.get(bytes.readUInt32BE(4)) ?? 'startup';
    this.started = type === 'startup';
    return { type, bytes };
  }
}

/** Makes one message out of a type and the parts of its body. */
export function frame(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** A string as the protocol writes it: with a zero byte behind it. */
export function wireString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** Reads the string that starts at an offset; `end` is the offset behind its zero byte. */
export function readWireString(
  bytes: Buffer,
  offset: number,
): { readonly text: string; readonly end: number } {
  const zero = bytes.indexOf(0, offset);
  const end = zero === -1 ? bytes.length : zero;
  return { text: bytes.toString('utf8', offset, end), end: end + 1 };
}
