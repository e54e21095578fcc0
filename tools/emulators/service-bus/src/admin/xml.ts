import { BrokerError } from '../broker/broker-error.ts';

/** As much of XML as ATOM entries of Service Bus use: elements, attributes and text. */
export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  /** By name without prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s/>]+)([^>]*?)(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, entity: string) => {
    if (entity.startsWith('#x')) return String.fromCodePoint(parseInt(entity.slice(2), 16));
    if (entity.startsWith('#')) return String.fromCodePoint(parseInt(entity.slice(1), 10));
    return ENTITIES[entity] ?? whole;
  });
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

interface OpenElement {
  name: string;
  attributes: Map<string, string>;
  children: XmlElement[];
  text: string;
}

/** Parses a document and returns its root. Throws `invalid-argument`. */
export function parseXml(document: string): XmlElement {
  const root: OpenElement = { name: '', attributes: new Map(), children: [], text: '' };
  const open: OpenElement[] = [root];
  for (const match of document.matchAll(TOKEN)) {
    const [, cdata, closing, rawName, rawAttributes, selfClosing, text] = match;
    const current = open.at(-1);
    if (!current) break;
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined) current.text += unescapeXml(text);
    else if (rawName !== undefined && closing) open.pop();
    else if (rawName !== undefined) {
      const element: OpenElement = {
        name: withoutPrefix(rawName),
        attributes: attributesOf(rawAttributes ?? ''),
        children: [],
        text: '',
      };
      current.children.push(element);
      if (!selfClosing) open.push(element);
    }
  }
  const [document_] = root.children;
  if (!document_ || open.length !== 1) {
    throw new BrokerError('invalid-argument', 'The request body is not valid XML.');
  }
  return document_;
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [
      withoutPrefix(name),
      unescapeXml(double ?? single ?? ''),
    ]),
  );
}

/** The first element of that name, at any depth. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name === name) return element;
  for (const child of element.children) {
    const found = findElement(child, name);
    if (found) return found;
  }
  return undefined;
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** Text, safe inside an element or an attribute. */
export function escapeXml(text: string): string {
  return text.replace(
    /[<>&"']/g,
    (character) =>
      ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;' })[character] ?? '',
  );
}
