import { createServer, type Socket } from 'node:net';
import { serveScripted, type Script, type TdsAnswer } from './scripted-session.ts';

export interface ScriptedTdsOptions {
  /** Whether logins are asked for a token of Entra ID. @defaultValue false */
  readonly entraId?: boolean;
}

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
  /** Tokens of Entra ID that logins brought so far. */
  tokens(): readonly string[];
  /** Connections that are open. */
  connections(): number;
  /** Resets all connections. */
  dropConnections(): void;
}

const granted: TdsAnswer = { kind: 'success', rows: [1] };
/**
 * Starts an endpoint that speaks just so much of MS-TDS that the real driver logs in and runs
 * statements, and that answers them with any error, with a reset or with silence. It is no database:
 * it reads no SQL and keeps nothing. It is there for what a real server does only on bad days.
 */
export async function startScriptedTds({
  entraId = false,
}: ScriptedTdsOptions = {}): Promise<ScriptedTds> {
  const script: Script = { entraId, login: granted, statement: granted };
  const counts = { logins: 0, statements: 0, commits: 0, tokens: new Array<string>() };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    serveScripted(socket, script, counts);
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
    tokens: () => counts.tokens,
    connections: () => sockets.size,
    dropConnections,
    async [Symbol.asyncDispose]() {
      dropConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
