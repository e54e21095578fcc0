import { AynaError, defineEntity, dmMessage, entities, field, SourceVersion } from '@ayna/contract';
import { sqlDialects, writeMigration, writeProcedures } from '@ayna/sqlgen';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, openMirrorStore } from '../../src/index.ts';
import { runSql } from '../../src/run-sql.ts';
import { messageChange } from '../sample-changes.ts';
import type { StoreUnderTest } from '../store-under-test.ts';

/** An entity that nothing else knows, with every kind of field. */
const sensorReading = defineEntity({
  name: 'sensor.reading',
  path: 'sites/{siteId}/sensors/{sensorId}/readings/{order}',
  functionName: 'mirrorSensorReadings',
  table: 'SensorReadingsMirror',
  procedures: {
    upsert: 'sp_StoreMirror_UpsertSensorReading',
    delete: 'sp_StoreMirror_DeleteSensorReading',
    purge: 'sp_StoreMirror_PurgeSensorReading',
  },
  fields: {
    name: field.text(),
    extra: field.json(),
    takenAt: field.timestamp(),
    count: field.integer(),
    celsius: field.double(),
    valid: field.boolean(),
    user: field.text(),
    deleted: field.boolean(),
    ordinal: field.integer(),
    outcome: field.text(),
    events: field.text(),
    position: field.double(),
  },
  indexes: [['takenAt', 'user']],
});

/** A procedure that answers one event, whatever it is given. */
const MY_UPSERT = {
  postgres: `CREATE OR REPLACE FUNCTION my_upsert(events jsonb) RETURNS TABLE (ordinal integer, outcome text)
    LANGUAGE sql AS $$ SELECT 1, 'stale' $$`,
  sqlserver: `CREATE PROCEDURE my_upsert @events nvarchar(max)
    AS SELECT 1 AS Ordinal, N'stale' AS Outcome`,
} as const;

/** Guarantees about the schema: checked, and made from the contract alone. */
export function describeSchema(open: () => StoreUnderTest): void {
  test('finds a migrated schema complete', async () => {
    await expect(open().store.verifySchema()).resolves.toBeUndefined();
  });

  test('names what is missing: table, procedure, column', async () => {
    const { database } = open();
    const noTable = openMirrorStore({ database, entities: [sensorReading] });
    await expect(noTable.verifySchema()).rejects.toMatchObject({
      code: 'SqlSchemaInvalid',
      message: expect.stringMatching(
        /^sensor\.reading: there is no table \Wsensor_?readings_?mirror\W/i,
      ) as string,
    });
    const procedureNames = { 'dm.message': { upsert: 'elsewhere.no_such_procedure' } };
    const noProcedure = openMirrorStore({ database, entities, procedureNames });
    await expect(noProcedure.verifySchema()).rejects.toMatchObject({
      code: 'SqlSchemaInvalid',
      message: expect.stringMatching(
        /^dm\.message: there is no procedure \Welsewhere\W\.\Wno_such_procedure\W/,
      ) as string,
    });
    await expect(noProcedure.apply([messageChange('x', 1)])).rejects.toMatchObject({
      code: 'SqlSchemaInvalid',
    });
    const noPurge = openMirrorStore({
      database,
      entities,
      procedureNames: { 'dm.message': { purge: 'no_such_procedure' } },
    });
    await expect(noPurge.verifySchema()).rejects.toMatchObject({
      code: 'SqlSchemaInvalid',
      message: expect.stringMatching(
        /^dm\.message: there is no procedure \Wno_such_procedure\W/,
      ) as string,
    });
    const wider = { ...dmMessage, fields: { ...dmMessage.fields, extraField: field.text() } };
    const noColumn = openMirrorStore({ database, entities: [wider] });
    await expect(noColumn.verifySchema()).rejects.toMatchObject({
      message: expect.stringMatching(
        /^dm\.message: \Wdm_?messages_?mirror\W has no column \Wextra_?field\W$/i,
      ) as string,
    });
  });

  test('calls the procedures by the names it was given', async () => {
    const { database } = open();
    await runSql(database.kysely, MY_UPSERT[database.dialect]);
    const procedureNames = { 'dm.message': { upsert: 'my_upsert' } };
    const store = openMirrorStore({ database, entities, procedureNames });
    await store.verifySchema();
    expect(await store.apply([messageChange('never written', 1)])).toEqual(['stale']);
    await expect(store.apply([messageChange('a', 1), messageChange('b', 1)])).rejects.toMatchObject(
      { code: 'SqlSchemaInvalid' },
    );
  });

  test('refuses an entity it was not opened with, and a procedure name that is none', async () => {
    const change = { ...messageChange('x', 1), entity: sensorReading };
    await expect(open().store.apply([change])).rejects.toMatchObject({ code: 'UnknownEntity' });
    expect(() =>
      openMirrorStore({
        database: open().url,
        entities,
        procedureNames: { 'dm.message': { delete: 'x(); DROP TABLE y' } },
      }),
    ).toThrow(AynaError);
  });

  test('a new entity is one definition and one generated migration', async () => {
    const { database } = open();
    const directory = await mkdtemp(join(tmpdir(), 'ayna-entity-'));
    try {
      const dialect = sqlDialects.find(({ name }) => name === database.dialect);
      if (!dialect) throw new Error(`nothing is generated for ${database.dialect}`);
      await cp(dialect.directory, directory, { recursive: true });
      await writeMigration(sensorReading, dialect, directory);
      await writeProcedures([...entities, sensorReading], dialect, directory);
      const steps = await migrate(database, { directory });
      expect(steps.map(({ file }) => file.name)).toEqual([
        expect.stringMatching(/^migrations\/\d{4}_sensor_?readings_?mirror\.sql$/i),
        expect.stringMatching(/^procedures\/sp_store_?mirror_delete_?sensor_?reading\.sql$/i),
        expect.stringMatching(/^procedures\/sp_store_?mirror_purge_?sensor_?reading\.sql$/i),
        expect.stringMatching(/^procedures\/sp_store_?mirror_upsert_?sensor_?reading\.sql$/i),
      ]);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
    const store = openMirrorStore({ database, entities: [...entities, sensorReading] });
    await store.verifySchema();
    const doubles = [
      'NaN',
      'Infinity',
      '-Infinity',
      '0',
      '0.1',
      '1e+21',
      '1000000000000000',
      '5e-324',
      '1.7976931348623157e+308',
      '-1.5',
    ];
    const integers = ['9223372036854775807', '-9223372036854775808', '0', null];
    const changes = doubles.map((celsius, at) => ({
      entity: sensorReading,
      key: { siteId: 's', sensorId: 't', order: String(at) },
      sourceVersion: SourceVersion.fromMicros(10n),
      columns: {
        name: 'n',
        extra: { at },
        takenAt: '2026-01-01T00:00:00.000001Z',
        count: integers[at % 4] ?? null,
        celsius,
        valid: at % 3 === 0 ? null : at % 2 === 0,
        user: 'u',
        deleted: true,
        ordinal: '7',
        outcome: 'o',
        events: 'e',
        position: '1.5',
      },
      eventId: 'e',
      syncSource: 'backfill' as const,
      retryCount: 2,
    }));
    expect(new Set(await store.apply(changes))).toEqual(new Set(['applied']));
    expect(
      await store.apply([...changes, ...changes.map((change) => ({ ...change, columns: null }))]),
    ).toEqual([...changes.map(() => 'duplicate'), ...changes.map(() => 'applied')]);
    const again = changes.map((change) => ({
      ...change,
      sourceVersion: change.sourceVersion.next(),
    }));
    await store.apply(again);
    for (const { key, columns } of again) {
      expect(await store.read(sensorReading, key)).toMatchObject({
        columns,
        syncSource: 'backfill',
        retryCount: 2,
      });
    }
  });
}
