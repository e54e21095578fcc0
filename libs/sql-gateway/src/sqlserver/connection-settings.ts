import { AynaError } from '@ayna/contract';
import { parse } from '@tediousjs/connection-string';

/** How to reach a database of SQL Server or Azure SQL. */
export interface SqlServerSettings {
  readonly server: string;
  /** Undefined when the SQL Server Browser is to be asked for the port of `instanceName`. */
  readonly port: number | undefined;
  readonly instanceName: string | undefined;
  readonly database: string | undefined;
  readonly encrypt: boolean | 'strict';
  readonly trustServerCertificate: boolean;
  readonly hostNameInCertificate: string | undefined;
  readonly multiSubnetFailover: boolean;
  readonly readOnlyIntent: boolean;
  readonly applicationName: string | undefined;
  readonly login: SqlServerLogin;
}

/** Who logs in. */
export type SqlServerLogin =
  | { readonly by: 'password'; readonly user: string; readonly password: string }
  | { readonly by: 'managed-identity'; readonly clientId: string | undefined }
  | { readonly by: 'default-credential'; readonly clientId: string | undefined }
  | { readonly by: 'nobody' };

const DEFAULT_PORT = 1433;

const aliases: Readonly<Record<string, string>> = {
  addr: 'server',
  address: 'server',
  app: 'applicationname',
  datasource: 'server',
  initialcatalog: 'database',
  networkaddress: 'server',
  pwd: 'password',
  uid: 'user',
  userid: 'user',
  username: 'user',
};
const known = new Set(
  'server port database user password encrypt trustservercertificate hostnameincertificate authentication clientid instancename multisubnetfailover applicationintent applicationname'.split(
    ' ',
  ),
);
/** What connection strings of other programs hold and this one decides otherwise. */
const ignored = new Set(
  'commandtimeout connecttimeout connectiontimeout timeout connectretrycount connectretryinterval maxpoolsize minpoolsize multipleactiveresultsets persistsecurityinfo pooling'.split(
    ' ',
  ),
);

type Parameters = ReadonlyMap<string, string>;

/**
 * Reads `mssql://user:password@host:port/database?encrypt=strict`, with special characters
 * percent-encoded, or a connection string as .NET knows it: `Server=tcp:host,1433;Database=...`.
 *
 * @throws AynaError `ConfigInvalid`, naming the parameter at fault and never a value
 */
export function sqlServerSettings(url: string): SqlServerSettings {
  const parameters = /^[a-z]+:\/\//i.test(url) ? fromUrl(url) : fromConnectionString(url);
  const { server, instanceName, port } = serverOf(parameters);
  return {
    server,
    instanceName: port === undefined ? instanceName : undefined,
    port: port ?? (instanceName === undefined ? DEFAULT_PORT : undefined),
    database: parameters.get('database'),
    encrypt: encryptionOf(parameters),
    trustServerCertificate: flag(parameters, 'trustservercertificate', 'trustServerCertificate'),
    hostNameInCertificate: parameters.get('hostnameincertificate'),
    multiSubnetFailover: flag(parameters, 'multisubnetfailover', 'multiSubnetFailover'),
    readOnlyIntent: parameters.get('applicationintent')?.toLowerCase() === 'readonly',
    applicationName: parameters.get('applicationname'),
    login: loginOf(parameters),
  };
}

/** Host, port and database, for messages. */
export function targetOf({ server, port, instanceName, database }: SqlServerSettings): string {
  const place = port === undefined ? `${server}\\${instanceName ?? ''}` : `${server}:${port}`;
  return `${place}/${database ?? ''}`;
}

function fromUrl(text: string): Parameters {
  try {
    const url = new URL(text);
    const database = decodeURIComponent(url.pathname.replace(/^\//, ''));
    const pairs: [string, string][] = [
      ['server', decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '') || 'localhost'],
      ['port', url.port],
      ['database', database],
      ['user', decodeURIComponent(url.username)],
      ['password', decodeURIComponent(url.password)],
    ];
    return collect([...pairs, ...url.searchParams]);
  } catch (error) {
    if (error instanceof AynaError) throw error;
    throw invalid(
      'the database URL cannot be read: expected mssql://user:password@host:port/database, with special characters of the password percent-encoded',
    );
  }
}

function fromConnectionString(text: string): Parameters {
  let pairs: Iterable<[string, string]>;
  try {
    pairs = parse(text);
  } catch {
    throw invalid('the connection string cannot be read: expected Server=...;Database=...');
  }
  return collect(pairs);
}

function collect(pairs: Iterable<readonly [string, string]>): Parameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of pairs) {
    const short = name.toLowerCase().replace(/[\s_-]/g, '');
    const key = aliases[short] ?? short;
    if (ignored.has(key)) continue;
    if (!known.has(key)) throw invalid(`the database URL has an unknown parameter "${name}"`);
    if (value !== '') parameters.set(key, value);
  }
  return parameters;
}

/** `tcp:host\instance,port`, in which only the host must be there. */
function serverOf(parameters: Parameters): {
  server: string;
  instanceName: string | undefined;
  port: number | undefined;
} {
  const text = parameters.get('server') ?? '';
  const [, host = '', instance, port] =
    /^(?:tcp:)?([^\\,]*)(?:\\([^,]*))?(?:,(.*))?$/i.exec(text) ?? [];
  if (/^(np|lpc):/i.test(text) || host === '') {
    throw invalid('the database URL names no host: expected one that is reached by TCP');
  }
  return {
    server: /^(\.|\(local\))$/i.test(host.trim()) ? 'localhost' : host.trim(),
    instanceName: parameters.get('instancename') ?? instance?.trim(),
    port: portOf(parameters.get('port') ?? port?.trim()),
  };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw invalid('the port of the database URL has a wrong value: expected 1 to 65535');
}

function encryptionOf(parameters: Parameters): boolean | 'strict' {
  if (parameters.get('encrypt')?.toLowerCase() === 'strict') return 'strict';
  return flag(parameters, 'encrypt', 'encrypt', true, 'true, false or strict');
}

function flag(
  parameters: Parameters,
  key: string,
  name: string,
  otherwise = false,
  expected = 'true or false',
): boolean {
  const value = parameters.get(key);
  if (value === undefined) return otherwise;
  if (/^(true|yes|mandatory)$/i.test(value)) return true;
  if (/^(false|no|optional)$/i.test(value)) return false;
  throw invalid(`${name} in the database URL has a wrong value: expected ${expected}`);
}

function loginOf(parameters: Parameters): SqlServerLogin {
  const clientId = parameters.get('clientid');
  const user = parameters.get('user');
  const kind = parameters
    .get('authentication')
    ?.toLowerCase()
    .replace(/[^a-z]/g, '');
  switch (kind) {
    case 'activedirectorymanagedidentity':
    case 'activedirectorymsi':
    case 'managedidentity':
      return { by: 'managed-identity', clientId: clientId ?? user };
    case 'activedirectorydefault':
    case 'default':
      return { by: 'default-credential', clientId: clientId ?? user };
    case undefined:
    case 'sqlpassword':
      if (user === undefined) return { by: 'nobody' };
      return { by: 'password', user, password: parameters.get('password') ?? '' };
    default:
      throw invalid(
        'authentication in the database URL has a wrong value: expected SqlPassword, ActiveDirectoryManagedIdentity or ActiveDirectoryDefault',
      );
  }
}

function invalid(message: string): AynaError {
  return new AynaError('ConfigInvalid', message);
}
