import { AynaError } from '@ayna/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/index.ts';
import { sqlServerSettings, targetOf } from '../../src/sqlserver/connection-settings.ts';

const refusal = (url: string): unknown => {
  try {
    return openDatabase({ url });
  } catch (error) {
    return error;
  }
};

describe('a URL of SQL Server', () => {
  test('is encrypted and checked by default, at the port of SQL Server', () => {
    expect(sqlServerSettings('mssql://ayna:secret@db.example/mirror')).toMatchObject({
      server: 'db.example',
      port: 1433,
      database: 'mirror',
      encrypt: true,
      trustServerCertificate: false,
      login: { by: 'password', user: 'ayna', password: 'secret' },
    });
  });

  test('carries any user, password and database, percent-encoded', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, text, (user, password, name) => {
        const database = `d${name}`;
        const [u, p, d] = [user, password, database].map(encodeURIComponent);
        expect(sqlServerSettings(`sqlserver://${u}:${p}@h:1/${d}`)).toMatchObject({
          database,
          login: { by: 'password', user, password },
        });
      }),
    );
  });

  test.each([
    ['encrypt=false', { encrypt: false }],
    ['encrypt=strict', { encrypt: 'strict' }],
    [
      'Encrypt=Mandatory&TrustServerCertificate=true',
      { encrypt: true, trustServerCertificate: true },
    ],
    ['hostNameInCertificate=db.internal', { hostNameInCertificate: 'db.internal' }],
    ['multiSubnetFailover=yes', { multiSubnetFailover: true }],
    ['applicationIntent=ReadOnly', { readOnlyIntent: true }],
    ['applicationName=me', { applicationName: 'me' }],
  ])('says how to connect: %s', (query, expected) => {
    expect(sqlServerSettings(`mssql://u:p@h/d?${query}`)).toMatchObject(expected);
  });

  test.each([
    ['authentication=ActiveDirectoryManagedIdentity', 'managed-identity', undefined],
    ['authentication=active-directory-msi&clientId=abc', 'managed-identity', 'abc'],
    ['authentication=ActiveDirectoryDefault', 'default-credential', undefined],
  ])('says who logs in: %s', (query, by, clientId) => {
    expect(sqlServerSettings(`mssql://h/d?${query}`).login).toEqual({ by, clientId });
  });

  test('names an instance, whose port is asked for, unless there is a port', () => {
    const byName = sqlServerSettings('mssql://u:p@h/d?instanceName=INST');
    expect([byName.instanceName, byName.port, targetOf(byName)]).toEqual([
      'INST',
      undefined,
      'h\\INST/d',
    ]);
    expect(targetOf(sqlServerSettings('mssql://u:p@h:1500/d?instanceName=INST'))).toBe('h:1500/d');
  });
});

describe('a connection string of .NET', () => {
  test('as the Azure portal shows it is understood', () => {
    const settings = sqlServerSettings(
      'Server=tcp:ayna.database.windows.net,1433;Initial Catalog=mirror;Persist Security Info=False;User ID=ayna;Password="se;c=ret";MultipleActiveResultSets=False;Encrypt=True;TrustServerCertificate=False;Connection Timeout=30;',
    );
    expect(settings).toMatchObject({
      encrypt: true,
      trustServerCertificate: false,
      login: { by: 'password', user: 'ayna', password: 'se;c=ret' },
    });
    expect(targetOf(settings)).toBe('ayna.database.windows.net:1433/mirror');
  });

  test('does not lose the words that the driver would not understand', () => {
    expect(
      sqlServerSettings(
        'Data Source=h;Database=d;Encrypt=Strict;Authentication=Active Directory Managed Identity;User Id=client',
      ),
    ).toMatchObject({
      encrypt: 'strict',
      login: { by: 'managed-identity', clientId: 'client' },
    });
  });

  test('names server, instance and port in one', () => {
    expect(targetOf(sqlServerSettings('Server=.;Database=d;UID=u'))).toBe('localhost:1433/d');
    expect(targetOf(sqlServerSettings('Server=h\\I;Database=d;UID=u'))).toBe('h\\I/d');
    expect(targetOf(sqlServerSettings('Server=h\\I,99;Database=d;UID=u'))).toBe('h:99/d');
  });
});

test.each([
  ['mssql://u:hunter2@h:not-a-port/d', 'cannot be read'],
  ['mssql://u:hunter2@h:0/d', 'port'],
  ['mssql://u:hunter2@h/d?encrypt=hunter2', 'encrypt'],
  ['mssql://u:hunter2@h/d?encrpyt=hunter2', '"encrpyt"'],
  ['mssql://u:%E0%A4hunter2@h/d', 'cannot be read'],
  ['mssql://u:hunter2@h/d?authentication=hunter2', 'authentication'],
  ['mssql://:hunter2@h/d', 'who logs in'],
  ['Server=h;Password="hunter2', 'cannot be read'],
  ['Server=np:h;Password=hunter2', 'reached by TCP'],
  ['Data Source=h;hunter=1;Password=hunter2', '"hunter"'],
])('%j is refused without telling the password', (url, expected) => {
  const error = refusal(url);
  expect(error).toBeInstanceOf(AynaError);
  expect(error).toMatchObject({ code: 'ConfigInvalid' });
  expect(String(error)).toContain(expected);
  expect(String(error)).not.toContain('hunter2');
});

test('opening names host, port and database only, and does not connect', async () => {
  await using database = openDatabase({ url: 'mssql://u:hunter2@nowhere.invalid/mirror' });
  expect(database.target).toBe('nowhere.invalid:1433/mirror');
  expect(database.dialect).toBe('sqlserver');
  await database.close();
});
