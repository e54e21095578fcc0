/** Types of messages of MS-TDS (2.2.3.1.1). */
export const MESSAGE = {
  batch: 0x01,
  rpc: 0x03,
  answer: 0x04,
  attention: 0x06,
  transaction: 0x0e,
  token: 0x08,
  login: 0x10,
  prelogin: 0x12,
} as const;

export interface TdsMessage {
  readonly type: number;
  readonly data: Buffer;
}

const HEADER = 8;
const END_OF_MESSAGE = 0x01;
/** Before this the packets of a client and a server may not be longer. */
const PACKET_SIZE = 4_096;

/** Puts the packets of a connection together; give it what came, in order. */
export function messageReader(): (chunk: Buffer) => TdsMessage[] {
  let unread = Buffer.alloc(0);
  let parts: Buffer[] = [];
  return (chunk) => {
    unread = Buffer.concat([unread, chunk]);
    const messages: TdsMessage[] = [];
    while (unread.length >= HEADER && unread.length >= unread.readUInt16BE(2)) {
      const length = unread.readUInt16BE(2);
      const [type, status] = [unread.readUInt8(0), unread.readUInt8(1)];
      parts.push(unread.subarray(HEADER, length));
      unread = unread.subarray(length);
      if ((status & END_OF_MESSAGE) === 0) continue;
      messages.push({ type, data: Buffer.concat(parts) });
      parts = [];
    }
    return messages;
  };
}

/** An answer of the server, cut into packets. */
export function answerPackets(data: Buffer): Buffer {
  const packets: Buffer[] = [];
  for (let at = 0; at === 0 || at < data.length; at += PACKET_SIZE - HEADER) {
    const part = data.subarray(at, at + PACKET_SIZE - HEADER);
    const header = Buffer.alloc(HEADER);
    header.writeUInt8(MESSAGE.answer, 0);
    header.writeUInt8(at + part.length >= data.length ? END_OF_MESSAGE : 0, 1);
    header.writeUInt16BE(HEADER + part.length, 2);
    header.writeUInt8((packets.length / 2 + 1) & 0xff, 6);
    packets.push(header, part);
  }
  return Buffer.concat(packets);
}
