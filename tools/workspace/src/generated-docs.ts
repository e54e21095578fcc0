import { entities } from '@ayna/contract';
import { resolveConfig, format } from 'prettier';
import { errorPage } from './error-page.ts';
import { asyncApiYaml } from './event-catalogue/asyncapi.ts';
import { eventsPage } from './event-catalogue/events-page.ts';

const docs = new URL('../../../docs/', import.meta.url);

/** A page that is made, not written. */
export interface GeneratedDoc {
  readonly url: URL;
  readonly text: string;
}

/** Every page of `docs/` that is made from code, as the house formats it. */
export async function generatedDocs(): Promise<GeneratedDoc[]> {
  const pages = {
    'errors.md': errorPage(),
    'events.md': eventsPage(entities),
    'events.asyncapi.yaml': asyncApiYaml(entities),
  };
  return Promise.all(
    Object.entries(pages).map(async ([name, text]) => {
      const url = new URL(name, docs);
      const config = await resolveConfig(url);
      return { url, text: await format(text, { ...config, filepath: url.pathname }) };
    }),
  );
}
