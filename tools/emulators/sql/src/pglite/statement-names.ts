import { frame, readWireString, wireString, type WireFrame } from './wire-frames.ts';

/**
 * Gives each connection prepared statements of its own.
 *
 * All connections share PGlite's single backend, so two of them that call different statements by
 * one name would meet; the name therefore carries the number of the connection.
 */
export class StatementNames {
  private readonly prefix: string;
  private readonly prepared = new Set<string>();

  constructor(connection: number) {
    this.prefix = `c${connection}_`;
  }

  /** The message with its statement renamed; the unnamed statement stays as it is. */
  rename({ type, bytes }: WireFrame): Buffer {
    if (type === 'P') {
      const { text, end } = readWireString(bytes, 5);
      if (text === '') return bytes;
      this.prepared.add(text);
      return frame('P', wireString(this.prefix + text), bytes.subarray(end));
    }
    if (type === 'B') {
      const portal = readWireString(bytes, 5);
      const { text, end } = readWireString(bytes, portal.end);
      if (text === '') return bytes;
      const name = wireString(this.prefix + text);
      return frame('B', bytes.subarray(5, portal.end), name, bytes.subarray(end));
    }
    if ((type === 'D' || type === 'C') && bytes[5] === 0x53) {
      const { text } = readWireString(bytes, 6);
      if (text === '') return bytes;
      if (type === 'C') this.prepared.delete(text);
      return frame(type, Buffer.from('S'), wireString(this.prefix + text));
    }
    return bytes;
  }

  /** The messages that free what the connection left behind; empty when it left nothing. */
  closeAll(): Buffer {
    if (this.prepared.size === 0) return Buffer.alloc(0);
    const closes = [...this.prepared].map((name) =>
      frame('C', Buffer.from('S'), wireString(this.prefix + name)),
    );
    return Buffer.concat([...closes, frame('S')]);
  }
}
