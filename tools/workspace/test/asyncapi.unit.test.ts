import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';
import { defineEntity, entities, field, operations } from '@ayna/contract';
import { expect, test } from 'vitest';
import { asyncApiYaml } from '../src/event-catalogue/asyncapi.ts';
import { eventsPage } from '../src/event-catalogue/events-page.ts';

const parser = new Parser();

async function parse(yaml: string) {
  const { document, diagnostics } = await parser.parse(yaml);
  // 0 is an error, 1 a warning; the rest are hints, such as that there is a newer AsyncAPI.
  return { document, faults: diagnostics.filter(({ severity }) => [0, 1].includes(severity)) };
}

/** An entity of a team's own, known to nobody but this test. */
const profile = defineEntity({
  name: 'user.profile',
  path: 'profiles/{userId}',
  functionName: 'mirrorUserProfiles',
  table: 'UserProfilesMirror',
  procedures: { upsert: 'sp_Upsert', delete: 'sp_Delete', purge: 'sp_Purge' },
  fields: { visits: field.integer() },
});

test('docs/events.asyncapi.yaml is an AsyncAPI document without a fault, with every event type', async () => {
  const page = new URL('../../../docs/events.asyncapi.yaml', import.meta.url);
  const { document, faults } = await parse(await readFile(page, 'utf8'));
  expect(faults).toEqual([]);
  const published = document?.operations().get('publishChange')?.messages().all();
  expect(published?.map((message) => message.name()).sort()).toEqual(
    entities.flatMap((entity) => operations.map((kind) => entity.eventType(kind))).sort(),
  );
});

test('a new entity is in the catalogue by itself', async () => {
  const { document, faults } = await parse(asyncApiYaml([...entities, profile]));
  expect(faults).toEqual([]);
  expect(document?.allMessages().get('user.profile.update')?.payload()?.required()).toContain(
    'userId',
  );
  expect(eventsPage([...entities, profile])).toContain('`user.profile.delete`');
});
