import { createServer, type Socket } from 'node:net';
import { answerPackets, MESSAGE, messageReader, type TdsMessage } from './packets.ts';
import {
  attentionAck,
  done,
  doneProcedure,
  doneWithError,
  error,
  loginAck,
  preloginAnswer,
  resultSet,
  transactionChange,
  type TdsError,
} from './tokens.ts';

/**
 * What a login or a statement is answered with.
 *
 * - `success`: the login is granted; a statement has the rows, of one `int` column `answer`.
 * - `errors`: the error tokens, in this order; `rollsBack` says that the transaction is gone.
 * - `reset`: the connection is reset.
 * - `silence`: nothing comes, not even when the client wants to cancel.
 * - `slow`: nothing comes until the client cancels, which is acknowledged.
 */
export type TdsAnswer =
  | { readonly kind: 'success'; readonly rows?: readonly number[] }
  | { readonly kind: 'errors'; readonly errors: readonly TdsError[]; readonly rollsBack?: boolean }
  | { readonly kind: 'reset' | 'silence' | 'slow' };

/** An endpoint that answers as it was told. */
export interface ScriptedTds extends AsyncDisposable {
  /** `mssql://...` with any user, without encryption. */
  readonly url: string;
  readonly port: number;
  /** How logins are answered from now on. @defaultValue `success` */
  readonly onLogin: (answer: TdsAnswer) => void;
  /** How statements are answered from now on. @defaultValue `success` with one row, 1 */
  readonly onStatement: (answer: TdsAnswer) => void;
  /** Logins so far, refused ones included. */
  logins(): number;
  /** Statements so far. */
  statements(): number;
  /** Commits so far. */
  commits(): number;
  /** Connections that are open. */
  connections(): number;
  /** Resets all connections. */
  dropConnections(): void;
}

/** From this severity on a server closes the connection after an error. */
const FATAL_SEVERITY = 20;
const granted: TdsAnswer = { kind: 'success', rows: [1] };
const transactionRequests: Readonly<Record<number, 'begin' | 'commit' | 'rollback'>> = {
  5: 'begin',
  7: 'commit',
  8: 'rollback',
};

/**
 * Starts an endpoint that speaks just so much of MS-TDS that the real driver logs in and runs
 * statements, and that answers them with any error, with a reset or with silence. It is no database:
 * it reads no SQL and keeps nothing. It is there for what a real server does only on bad days.
 */
export async function startScriptedTds(): Promise<ScriptedTds> {
  const script = { login: granted, statement: granted };
  const counts = { logins: 0, statements: 0, commits: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, script, counts);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const dropConnections = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `mssql://scripted:secret@127.0.0.1:${port}/mirror?encrypt=false`,
    port,
    onLogin: (answer) => (script.login = answer),
    onStatement: (answer) => (script.statement = answer),
    logins: () => counts.logins,
    statements: () => counts.statements,
    commits: () => counts.commits,
    connections: () => sockets.size,
    dropConnections,
    async [Symbol.asyncDispose]() {
      dropConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Script {
  login: TdsAnswer;
  statement: TdsAnswer;
}

interface Counts {
  logins: number;
  statements: number;
  commits: number;
}

function serve(socket: Socket, script: Script, counts: Counts): void {
  const read = messageReader();
  const send = (...tokens: Buffer[]): void =>
    void socket.write(answerPackets(Buffer.concat(tokens)));
  let prepared = false;
  let cancels = false;
  const answer = (to: TdsAnswer, success: (rows?: readonly number[]) => Buffer[]): void => {
    cancels = to.kind === 'slow';
    if (to.kind === 'success') send(...success(to.rows));
    else if (to.kind === 'reset') socket.resetAndDestroy();
    else if (to.kind === 'errors') {
      const end = to.rollsBack === true ? [transactionChange('rollback')] : [];
      send(...to.errors.map(error), ...end, doneWithError());
      if (to.errors.some(({ severity = 0 }) => severity >= FATAL_SEVERITY)) socket.end();
    }
  };
  const handle = ({ type, data }: TdsMessage): void => {
    switch (type) {
      case MESSAGE.prelogin:
        send(preloginAnswer());
        break;
      case MESSAGE.login:
        counts.logins += 1;
        answer(script.login, () => [loginAck(), done()]);
        if (script.login.kind === 'errors') socket.end();
        break;
      case MESSAGE.batch:
      case MESSAGE.rpc:
        // The first batch holds the settings of the session.
        if (!prepared) {
          prepared = true;
          send(done());
          break;
        }
        counts.statements += 1;
        answer(script.statement, (rows = []) => [
          resultSet(rows),
          type === MESSAGE.rpc ? doneProcedure(rows.length) : done(rows.length),
        ]);
        break;
      case MESSAGE.transaction: {
        const what = transactionRequests[data.readUInt16LE(data.readUInt32LE(0))] ?? 'rollback';
        if (what === 'commit') counts.commits += 1;
        send(transactionChange(what), done());
        break;
      }
      case MESSAGE.attention:
        if (cancels) {
          send(doneWithError());
          send(attentionAck());
        }
    }
  };
  socket.on('data', (chunk) => read(chunk).forEach(handle));
}
