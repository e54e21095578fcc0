import type { MessageChanges, MessageContent, PropertyValue } from '../broker/message.ts';
import type { SystemProperty } from '../broker/message.ts';
import { mistake } from './sql-tokens.ts';

/** A property that an expression names. */
export type PropertyName =
  | { readonly scope: 'sys'; readonly name: SystemProperty }
  | { readonly scope: 'user'; readonly name: string };

const SYSTEM_PROPERTIES: Readonly<Record<string, SystemProperty>> = {
  messageid: 'messageid',
  correlationid: 'correlationid',
  label: 'label',
  subject: 'label',
  to: 'to',
  replyto: 'replyto',
  sessionid: 'sessionid',
  replytosessionid: 'replytosessionid',
  contenttype: 'contenttype',
  timetolive: 'timetolive',
  scheduledenqueuetimeutc: 'scheduledenqueuetimeutc',
  enqueuedtimeutc: 'enqueuedtimeutc',
  sequencenumber: 'sequencenumber',
  enqueuedsequencenumber: 'enqueuedsequencenumber',
  partitionkey: 'partitionkey',
  viapartitionkey: 'viapartitionkey',
};

/** Makes sense of `scope.name`; without a scope it is the user's. Throws `invalid-argument`. */
export function propertyName(scope: string | undefined, name: string, at: number): PropertyName {
  const known = scope?.toLowerCase() ?? 'user';
  if (known === 'user') return { scope: 'user', name };
  if (known !== 'sys') throw mistake(`unknown scope '${scope ?? ''}'`, at);
  const system = SYSTEM_PROPERTIES[name.toLowerCase()];
  if (!system) throw mistake(`unknown system property '${name}'`, at);
  return { scope: 'sys', name: system };
}

/** A message as an expression sees it: with what the statements of an action before have changed. */
export interface SqlScope {
  get(property: PropertyName): PropertyValue;
  readonly parameters: Readonly<Record<string, PropertyValue>>;
}

/** Reads from a message. Properties are decoded once, when the first of them is asked for. */
export function createScope(
  message: MessageContent,
  parameters: Readonly<Record<string, PropertyValue>>,
  changes?: MessageChanges,
): SqlScope {
  let application: ReadonlyMap<string, PropertyValue> | undefined;
  return {
    parameters,
    get(property) {
      if (property.scope === 'sys') {
        return changes?.system.has(property.name)
          ? changes.system.get(property.name)
          : message.systemProperty(property.name);
      }
      if (changes?.application.has(property.name)) return changes.application.get(property.name);
      application ??= message.applicationProperties();
      return find(application, property.name);
    },
  };
}

/** Names are compared as they are, and if there is none, without regard to case. */
function find(properties: ReadonlyMap<string, PropertyValue>, name: string): PropertyValue {
  if (properties.has(name)) return properties.get(name);
  const lower = name.toLowerCase();
  for (const [key, value] of properties) if (key.toLowerCase() === lower) return value;
  return undefined;
}
