import { spawnPglite } from '@ayna/emulator-sql';
import { expect, test } from 'vitest';
import { runContention } from '../src/contention/run-contention.ts';
import { sqlServerDatabase } from './sql-server-database.ts';

const { SQLSERVER_URL, DATABASE_URL } = process.env;
const sqlServer = [SQLSERVER_URL, DATABASE_URL].find(
  (url) => url !== undefined && /^(mssql|sqlserver):/.test(url),
);
const plan = { seed: 4, minutes: 1 / 6 };
const note = () => undefined;
const TIMEOUT_MS = 240_000;

test.for([
  ['PostgreSQL', () => Promise.resolve(undefined)],
  ['PGlite', () => spawnPglite()],
] as const)(
  'two writers on the same documents meet no deadlock and lose no event on %s',
  { timeout: TIMEOUT_MS },
  async ([, open]) => {
    await using database = await open();
    const report = await runContention({ ...plan, databaseUrl: database?.url }, note);
    expect(report.faults).toEqual([]);
    expect(report.outcomes.applied).toBeGreaterThan(0);
    expect(report.repairs).toBeGreaterThan(0);
  },
);

test.skipIf(sqlServer === undefined)(
  sqlServer === undefined
    ? 'NOT COVERED: no SQL Server at hand. Set SQLSERVER_URL=mssql://USER:PASSWORD@HOST:PORT/master'
    : 'two writers on the same documents meet no deadlock and lose no event on SQL Server',
  { timeout: TIMEOUT_MS },
  async () => {
    await using database = await sqlServerDatabase(sqlServer ?? '');
    const report = await runContention({ ...plan, databaseUrl: database.url }, note);
    expect(report.faults).toEqual([]);
    expect(report.outcomes.applied).toBeGreaterThan(0);
  },
);
