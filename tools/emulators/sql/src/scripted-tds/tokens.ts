/** An error that the server answers. */
export interface TdsError {
  readonly number: number;
  /** @defaultValue `error NUMBER` */
  readonly message?: string;
  /** From 20 on the server closes the connection. @defaultValue 16 */
  readonly severity?: number;
}

const STATUS = { more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;
const SELECT = 0xc1;
const TDS_7_4 = 0x74000004;
const TRANSACTION_CHANGE = { begin: 8, commit: 9, rollback: 10 } as const;
const DESCRIPTOR = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
const NO_ENCRYPTION = 2;

/** What PRELOGIN is answered with: a version, and that there is no encryption. */
export function preloginAnswer(): Buffer {
  const options = Buffer.from([0x00, 0, 11, 0, 6, 0x01, 0, 17, 0, 1, 0xff]);
  return Buffer.concat([options, Buffer.from([16, 0, 0, 0, 0, 0, NO_ENCRYPTION])]);
}

export function loginAck(): Buffer {
  const body = Buffer.concat([
    Buffer.from([1]),
    bytes(4, (buffer) => buffer.writeUInt32BE(TDS_7_4)),
    shortText('scripted'),
    Buffer.from([16, 0, 0, 0]),
  ]);
  return token(0xad, body);
}

export function error({ number, message = `error ${number}`, severity = 16 }: TdsError): Buffer {
  const text = Buffer.from(message, 'utf16le');
  const body = Buffer.concat([
    bytes(4, (buffer) => buffer.writeUInt32LE(number)),
    Buffer.from([1, severity]),
    bytes(2, (buffer) => buffer.writeUInt16LE(text.length / 2)),
    text,
    shortText('scripted'),
    shortText(''),
    bytes(4, (buffer) => buffer.writeUInt32LE(1)),
  ]);
  return token(0xaa, body);
}

/** A result set of one `int` column named `answer`. */
export function resultSet(values: readonly number[]): Buffer {
  const columns = Buffer.concat([
    Buffer.from([0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0x38]),
    shortText('answer'),
  ]);
  const rows = values.map((value) =>
    Buffer.concat([Buffer.from([0xd1]), bytes(4, (buffer) => buffer.writeInt32LE(value))]),
  );
  return Buffer.concat([columns, ...rows]);
}

/** The end of the answer to a batch, to a login or to a request for a transaction. */
export function done(rows?: number): Buffer {
  return ending(0xfd, rows === undefined ? 0 : STATUS.count, rows);
}

/** The end of the answer to a call of a procedure. */
export function doneProcedure(rows?: number): Buffer {
  const inside = rows === undefined ? [] : [ending(0xff, STATUS.more | STATUS.count, rows)];
  return Buffer.concat([...inside, Buffer.from([0x79, 0, 0, 0, 0]), ending(0xfe, 0)]);
}

export function doneWithError(): Buffer {
  return ending(0xfd, STATUS.error);
}

/** Says that a statement has been cancelled. */
export function attentionAck(): Buffer {
  return ending(0xfd, STATUS.attention);
}

/** Asks for a token of Entra ID: who gives it (1), and for whom (2). */
export function tokenWanted(): Buffer {
  const texts = ['https://login.example/', 'https://database.windows.net/'].map((text) =>
    Buffer.from(text, 'utf16le'),
  );
  let at = 4 + texts.length * 9;
  const entries = texts.map((text, index) => {
    const entry = bytes(9, (buffer) => {
      buffer.writeUInt8(index + 1);
      buffer.writeUInt32LE(text.length, 1);
      buffer.writeUInt32LE(at, 5);
    });
    at += text.length;
    return entry;
  });
  const count = bytes(4, (buffer) => buffer.writeUInt32LE(texts.length));
  const body = Buffer.concat([count, ...entries, ...texts]);
  return Buffer.concat([Buffer.from([0xee]), bytes(4, (b) => b.writeUInt32LE(body.length)), body]);
}

/** Says that a transaction has begun or ended. */
export function transactionChange(what: keyof typeof TRANSACTION_CHANGE): Buffer {
  const [now, before] =
    what === 'begin' ? [DESCRIPTOR, Buffer.alloc(0)] : [Buffer.alloc(0), DESCRIPTOR];
  const body = [
    Buffer.from([TRANSACTION_CHANGE[what], now.length]),
    now,
    Buffer.from([before.length]),
    before,
  ];
  return token(0xe3, Buffer.concat(body));
}

function ending(kind: number, status: number, rows = 0): Buffer {
  return Buffer.concat([
    Buffer.from([kind]),
    bytes(4, (buffer) => {
      buffer.writeUInt16LE(status);
      buffer.writeUInt16LE(SELECT, 2);
    }),
    bytes(8, (buffer) => buffer.writeBigUInt64LE(BigInt(rows))),
  ]);
}

function token(kind: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([kind]), bytes(2, (b) => b.writeUInt16LE(body.length)), body]);
}

function shortText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'utf16le')]);
}

function bytes(length: number, write: (buffer: Buffer) => unknown): Buffer {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}
