import fc from 'fast-check';
import sql from 'mssql';
import { describe, expect, test } from 'vitest';
import { classifySqlError, sqlError } from '../../src/index.ts';
import { SqlServerError } from '../../src/sqlserver/sql-server-error.ts';

/** An error of a statement as the driver throws it. */
function answered(number: number, message = 'm', severity = 16): Error {
  const info = Object.assign(new Error(message), { info: { number, class: severity, message } });
  return new sql.RequestError(info, 'EREQUEST');
}

function lost(code: string, cause?: string): Error {
  const inner = Object.assign(new Error(`lost (${cause ?? code})`), { code: cause ?? code });
  const tedious = Object.assign(new Error('Failed to connect', { cause: inner }), { code });
  return new sql.ConnectionError(tedious);
}

const kind = (error: Error): string => classifySqlError(SqlServerError.from(error));
const coded = (error: Error): string => sqlError(SqlServerError.from(error), 'x').code;

describe('an error of SQL Server', () => {
  test.each([
    '1205 40197 40501 40613 49918 49919 49920 10928 10929 4060',
    '40540 40143 40545 40549 40550 40551 40552 40553 40544 4221 615 233 64 20 121 10053 10054 10060 10061 11001',
    '1204 1222 3960 3961 3906 3908 17142 17187 18401 701 802 8645 8651 9001 9002 1105 945 978 983',
  ])('that time can heal is unavailable: %s', (numbers) => {
    for (const number of numbers.split(' ').map(Number)) {
      expect([number, kind(answered(number))]).toEqual([number, 'unavailable']);
      expect([number, coded(answered(number))]).toEqual([number, 'SqlUnavailable']);
    }
  });

  test('about the login or the database is one of the settings', () => {
    for (const number of [18456, 18452, 18470, 18486, 18487, 18488, 916, 911, 40615]) {
      expect([number, coded(answered(number))]).toEqual([number, 'ConfigInvalid']);
    }
  });

  test('about tables, procedures and rights is one of the schema', () => {
    for (const number of [229, 230, 300, 208, 207, 2812, 201, 8144, 8145, 8146, 137, 206, 500]) {
      expect([number, coded(answered(number))]).toEqual([number, 'SqlSchemaInvalid']);
    }
  });

  test('about the data is rejected', () => {
    for (const number of [2627, 2601, 547, 515, 8152, 2628, 245, 8114, 8115, 241, 1946, 50_000]) {
      expect([number, coded(answered(number))]).toEqual([number, 'SqlRejected']);
    }
  });

  test('of whatever number has a kind, and a code that heals only when it is unavailable', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 11, max: 25 }), (n, s) => {
        const error = SqlServerError.from(answered(n, 'm', s));
        expect(error.number).toBe(n);
        expect(sqlError(error, 'x').heals).toBe(error.kind === 'unavailable');
        expect(sqlError(error, 'x').message).toMatch(new RegExp(`^x: .+ \\(${n}\\)$`));
      }),
      { numRuns: 2_000 },
    );
  });

  test('that is not known counts by its severity: from 17 on the server is at fault', () => {
    expect(kind(answered(60_001, 'm', 16))).toBe('rejected');
    expect(kind(answered(60_001, 'm', 17))).toBe('unavailable');
    expect(kind(answered(60_001, 'm', 21))).toBe('unavailable');
  });

  test.each([
    ['canceling statement due to lock timeout', 'SqlUnavailable'],
    ['could not serialize access due to concurrent update', 'SqlUnavailable'],
    ['procedure sp_x(nvarchar) does not exist', 'SqlSchemaInvalid'],
    ['permission denied for table t', 'SqlSchemaInvalid'],
    ['database "d" does not exist', 'ConfigInvalid'],
    ['division by zero', 'SqlRejected'],
  ])('whose number says nothing counts by its words: %s', (message, code) => {
    expect(coded(answered(33_557_097, message))).toBe(code);
  });

  test('among several counts by the one that heals, else by the first that is known', () => {
    const chain = (...numbers: number[]): Error =>
      Object.assign(answered(numbers.at(-1) ?? 0), {
        precedingErrors: numbers.slice(0, -1).map((number) => answered(number)),
      });
    expect(kind(chain(547, 1205, 3621))).toBe('unavailable');
    expect(kind(chain(60_000, 208, 547))).toBe('misconfigured');
    expect(SqlServerError.from(chain(547, 3998)).number).toBe(547);
    expect(kind(new AggregateError([answered(547), answered(1205)]))).toBe('unavailable');
    expect(
      kind(
        Object.assign(new sql.TransactionError('aborted', 'EABORT'), {
          originalError: answered(1205),
        }),
      ),
    ).toBe('unavailable');
  });
});

describe('a connection of SQL Server', () => {
  test.each([
    'ESOCKET',
    'ETIMEOUT',
    'ECLOSE',
    'ECONNCLOSED',
    'ENOTOPEN',
    'EINSTLOOKUP',
    'EINVALIDSTATE',
  ])('that is gone is unavailable: %s', (code) => {
    expect(coded(lost(code))).toBe('SqlUnavailable');
  });

  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'EPIPE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
  ])('that does not come is unavailable, and the operating system is named: %s', (cause) => {
    expect(coded(lost('ESOCKET', cause))).toBe('SqlUnavailable');
    expect(sqlError(SqlServerError.from(lost('ESOCKET', cause)), 'x').message).toContain(cause);
  });

  test('that the pool cannot give in time is unavailable', () => {
    const error = new Error('Failed to acquire a connection from the pool: operation timed out');
    expect(coded(error)).toBe('SqlUnavailable');
  });

  test.each([
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'EPROTO',
  ])('whose certificate is not trusted is one of the settings: %s', (cause) => {
    expect(coded(lost('ESOCKET', cause))).toBe('ConfigInvalid');
  });

  test('that cannot agree on encryption is one of the settings', () => {
    expect(coded(lost('EENCRYPT'))).toBe('ConfigInvalid');
  });

  test('to a database that cannot be opened: the first one needs somebody to act, a later one heals', () => {
    const error = (neverConnected: boolean): string =>
      SqlServerError.from(answered(4060), { neverConnected }).kind;
    expect([error(true), error(false)]).toEqual(['misconfigured', 'unavailable']);
  });

  test('that Entra ID gives no token for counts by what Entra ID answered', () => {
    const noToken = (cause: Error): Error =>
      new AggregateError([Object.assign(new Error('no token'), { code: 'EFEDAUTH' }), cause]);
    const refused = (statusCode: number): Error =>
      noToken(
        Object.assign(new Error('no\nTrace ID'), { name: 'AuthenticationError', statusCode }),
      );
    expect([400, 401, 429, 503].map((status) => coded(refused(status)))).toEqual([
      'ConfigInvalid',
      'ConfigInvalid',
      'SqlUnavailable',
      'SqlUnavailable',
    ]);
    expect(SqlServerError.from(refused(400)).message).toBe('no');
    const absent = noToken(Object.assign(new Error('a'), { name: 'CredentialUnavailableError' }));
    expect(SqlServerError.from(absent, { neverConnected: true }).kind).toBe('misconfigured');
    expect(SqlServerError.from(absent).kind).toBe('unavailable');
  });
});

describe('what a person reads', () => {
  test.each([
    [
      2627,
      "Violation of PRIMARY KEY constraint 'PK_A'. Cannot insert duplicate key in object 'dbo.A'. The duplicate key value is (SECRET)).",
      "constraint 'PK_A'",
    ],
    [
      2601,
      "Cannot insert duplicate key row in object 'dbo.A' with unique index 'IX_A'. The duplicate key value is (SECRET, 'a).",
      "index 'IX_A'",
    ],
    [
      1505,
      "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name 'dbo.A' and the index name 'IX_A'. The duplicate key value is (SECRET).",
      "'IX_A'",
    ],
    [
      2628,
      "String or binary data would be truncated in table 'd.dbo.A', column 'C'. Truncated value: 'SECRET'.",
      "column 'C'",
    ],
    [
      245,
      "Conversion failed when converting the nvarchar value 'it''s SECRET' to data type int.",
      'to data type int',
    ],
    [
      248,
      "The conversion of the nvarchar value 'SECRET' overflowed an int column.",
      'overflowed an int column',
    ],
    [
      244,
      "The conversion of the varchar value 'SECRET' overflowed an INT2 column. Use a larger integer column.",
      'overflowed',
    ],
    [220, 'Arithmetic overflow error for data type tinyint, value = SECRET.', 'tinyint'],
    [232, 'Arithmetic overflow error for type int, value = SECRET.', 'type int'],
    [
      13609,
      "JSON text is not properly formatted. Unexpected character 'SECRET' is found at position 4.",
      'position 4',
    ],
    [2627, 'Verletzung der Einschränkung "PK_A". Der doppelte Schlüsselwert ist (SECRET).', 'PK_A'],
    [245, 'Fehler beim Konvertieren des nvarchar-Werts "SECRET".', 'withheld'],
    [33_557_097, 'invalid input syntax for type integer: "SECRET"', 'type integer'],
    [33_557_097, 'value "SECRET" is out of range for type integer', 'type integer'],
  ])(
    'names the constraint and the number, and no value of a row: %i %s',
    (number, message, kept) => {
      const error = sqlError(SqlServerError.from(answered(number, message)), 'writing');
      const told = [
        String(error),
        JSON.stringify(error.cause),
        String(error.cause),
        error.stack,
      ].join();
      expect(told).not.toContain('SECRET');
      expect(error.message).toContain(kept);
      expect(error.message).toContain(`(${number})`);
    },
  );

  test('never holds a key, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 3, unit: 'binary' }), (key) => {
        const message = `Violation of UNIQUE KEY constraint 'U'. Cannot insert duplicate key in object 'dbo.A'. The duplicate key value is (${key}).`;
        expect(SqlServerError.from(answered(2627, message)).message).toMatch(/key value is …$/);
      }),
    );
  });
});
