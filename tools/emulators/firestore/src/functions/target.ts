import { parseDatabaseName } from '../store/names.ts';
import type { DocumentChange } from '../store/document.ts';
import { compilePathPattern } from './path-pattern.ts';

const EVENT_PREFIX = 'google.cloud.firestore.document.v1.';
const DEFAULT_DATABASE = '(default)';

/** The event a function receives: CloudEvents 1.0 with Firestore's attributes, data in protobuf. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly dataschema: string;
  readonly project: string;
  readonly database: string;
  readonly namespace: string;
  readonly location: string;
  readonly document: string;
  readonly authtype?: string;
  readonly data: Buffer;
}

/** What is needed of a 2nd-gen function of firebase-functions, such as `onDocumentWritten(...)`. */
export interface CloudFunction {
  (event: CloudEvent): unknown;
  readonly __endpoint: {
    readonly eventTrigger?: {
      readonly eventType?: unknown;
      readonly eventFilters?: Readonly<Record<string, unknown>>;
      readonly eventFilterPathPatterns?: Readonly<Record<string, unknown>>;
      readonly retry?: unknown;
    };
  };
}

/** A function served elsewhere by functions-framework, which takes binary-mode CloudEvents. */
export interface FunctionTarget {
  readonly eventType: string;
  /** A pattern such as `conversations/{id}/messages/{m}`. */
  readonly document: string;
  readonly url: string;
  /** @defaultValue `(default)` */
  readonly database?: string;
}

/** A registered function: what it wants to hear of and how it is called. */
export interface Subscription {
  readonly name: string;
  readonly eventType: string;
  readonly retry: boolean;
  readonly wants: (change: DocumentChange, databaseName: string) => boolean;
  /** Rejects when the function fails or answers with anything but success. */
  readonly call: (event: CloudEvent) => Promise<void>;
}

export interface RegisterOptions {
  /** For the log. @defaultValue the URL, or the function's document pattern */
  readonly name?: string;
  /** Whether a failed delivery is repeated. @defaultValue what the function declares, else false */
  readonly retry?: boolean;
}

/** @throws Error when the function is not a Firestore trigger. */
export function toSubscription(
  target: CloudFunction | FunctionTarget,
  options: RegisterOptions,
): Subscription {
  if (typeof target !== 'function') {
    return {
      name: options.name ?? target.url,
      eventType: target.eventType,
      retry: options.retry ?? false,
      wants: filter(target.eventType, target.document, target.database ?? DEFAULT_DATABASE),
      call: (event) => post(target.url, event),
    };
  }
  const trigger = target.__endpoint.eventTrigger;
  const eventType = resolve(trigger?.eventType);
  const document = resolve(
    trigger?.eventFilterPathPatterns?.document ?? trigger?.eventFilters?.document,
  );
  if (!eventType?.startsWith(EVENT_PREFIX) || document === undefined) {
    throw new Error('Only functions triggered by Firestore documents can be registered.');
  }
  const database = resolve(trigger?.eventFilters?.database) ?? DEFAULT_DATABASE;
  return {
    name: options.name ?? document,
    eventType,
    retry: options.retry ?? trigger?.retry === true,
    wants: filter(eventType, document, database),
    call: async (event) => {
      await target(event);
    },
  };
}

function filter(eventType: string, pattern: string, database: string): Subscription['wants'] {
  const kind = eventType.slice(EVENT_PREFIX.length).replace('.withAuthContext', '');
  const matches = compilePathPattern(pattern);
  return (change, databaseName) => {
    if (kind !== 'written' && kind !== operation(change)) return false;
    return parseDatabaseName(databaseName).database === database && matches(change.path);
  };
}

function operation({ before, after }: DocumentChange): 'created' | 'updated' | 'deleted' {
  if (before === undefined) return 'created';
  return after === undefined ? 'deleted' : 'updated';
}

/** A plain string, or the value of a parameter of firebase-functions. */
function resolve(setting: unknown): string | undefined {
  if (typeof setting === 'string') return setting;
  if (typeof setting !== 'object' || setting === null || !('value' in setting)) return undefined;
  const { value: read } = setting;
  const value: unknown = typeof read === 'function' ? Reflect.apply(read, setting, []) : undefined;
  return typeof value === 'string' ? value : undefined;
}

async function post(
  url: string,
  { data, datacontenttype, ...attributes }: CloudEvent,
): Promise<void> {
  const headers = new Headers({ 'content-type': datacontenttype });
  for (const [name, value] of Object.entries(attributes)) {
    headers.set(`ce-${name}`, encodeHeader(value));
  }
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(data) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}

/** Percent-encodes what a header cannot carry. Source: CloudEvents HTTP binding 1.0.2, 3.1.3.2. */
function encodeHeader(value: string): string {
  return value.replace(/[^\x21\x23\x24\x26-\x7e]+/gu, (text) => encodeURIComponent(text));
}
