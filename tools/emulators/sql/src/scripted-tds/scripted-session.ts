import type { Socket } from 'node:net';
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
  tokenWanted,
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

/** From this severity on a server closes the connection after an error. */
const FATAL_SEVERITY = 20;
/** Where the token begins in its message, behind two lengths. */
const TOKEN_AT = 8;
const transactionRequests: Readonly<Record<number, 'begin' | 'commit' | 'rollback'>> = {
  5: 'begin',
  7: 'commit',
  8: 'rollback',
};

/** How the endpoint answers now; it may change at any time. */
export interface Script {
  readonly entraId: boolean;
  login: TdsAnswer;
  statement: TdsAnswer;
}

/** What has come so far. */
export interface Counts {
  readonly tokens: string[];
  logins: number;
  statements: number;
  commits: number;
}

/** Speaks with one client. */
export function serveScripted(socket: Socket, script: Script, counts: Counts): void {
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
  const login = (): void => {
    answer(script.login, () => [loginAck(), done()]);
    if (script.login.kind === 'errors') socket.end();
  };
  const handle = ({ type, data }: TdsMessage): void => {
    switch (type) {
      case MESSAGE.prelogin:
        send(preloginAnswer());
        break;
      case MESSAGE.login:
        counts.logins += 1;
        if (script.entraId) send(tokenWanted());
        else login();
        break;
      case MESSAGE.token:
        counts.tokens.push(data.toString('utf16le', TOKEN_AT));
        login();
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
