import { escapeXml } from './xml.ts';

const ATOM = 'http://www.w3.org/2005/Atom';
const SERVICE_BUS = 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect';
const INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';

/** One entity as ATOM shows it. */
export interface AtomEntry {
  /** The path of the entity. Clients read names out of it, so its spelling matters. */
  readonly path: string;
  readonly title: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** The name of the element that holds the content, and what is in it. */
  readonly element: string;
  readonly content: string;
}

export const isoDate = (atMs: number): string => new Date(atMs).toISOString();

function entryXml(entry: AtomEntry, base: string, namespace: string): string {
  const id = `${base}/${encodeURI(entry.path)}?api-version=2021-05`;
  return [
    `<entry${namespace}><id>${escapeXml(id)}</id>`,
    `<title type="text">${escapeXml(entry.title)}</title>`,
    `<published>${isoDate(entry.createdAtMs)}</published>`,
    `<updated>${isoDate(entry.updatedAtMs)}</updated>`,
    '<author><name>emulator</name></author>',
    `<link rel="self" href="${escapeXml(id)}"/>`,
    `<content type="application/xml"><${entry.element} xmlns="${SERVICE_BUS}" xmlns:i="${INSTANCE}">`,
    entry.content,
    `</${entry.element}></content></entry>`,
  ].join('');
}

/** A document with one entry. */
export function entryDocument(entry: AtomEntry, base: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>${entryXml(entry, base, ` xmlns="${ATOM}"`)}`;
}

/** A page of a list; `nextUrl` leads to the next one, if there is one. */
export function feedDocument(
  title: string,
  entries: readonly AtomEntry[],
  base: string,
  selfUrl: string,
  nextUrl: string | undefined,
): string {
  const next = nextUrl === undefined ? '' : `<link rel="next" href="${escapeXml(nextUrl)}"/>`;
  return [
    `<?xml version="1.0" encoding="utf-8"?><feed xmlns="${ATOM}">`,
    `<title type="text">${escapeXml(title)}</title><id>${escapeXml(selfUrl)}</id>`,
    `<updated>${isoDate(Date.now())}</updated>`,
    `<link rel="self" href="${escapeXml(selfUrl)}"/>${next}`,
    ...entries.map((entry) => entryXml(entry, base, '')),
    '</feed>',
  ].join('');
}

/** How Azure reports an error. */
export function errorDocument(status: number, detail: string): string {
  return `<Error><Code>${status}</Code><Detail>${escapeXml(detail)}</Detail></Error>`;
}
