import type { Field, Type } from 'protobufjs';
import { loadPlainProtos } from '../grpc/protos.ts';

type Json = Record<string, unknown>;

const WRAPPER = /^\.google\.protobuf\.(Double|Float|U?Int32|U?Int64|Bool|String|Bytes)Value$/;
const TIMESTAMP = '.google.protobuf.Timestamp';

/** Between a message as bytes and in the JSON of proto3, which web clients speak. */
export interface JsonCodec {
  /** @throws Error when it does not fit the message */
  toBytes(json: unknown): Buffer;
  toJson(bytes: Uint8Array): Json;
}

/** The codecs of what a method takes and what it gives. */
export function methodCodecs(name: string): { request: JsonCodec; response: JsonCodec } {
  const method = root().lookupService('google.firestore.v1.Firestore').methods[name];
  method?.resolve();
  const { resolvedRequestType: request, resolvedResponseType: response } = method ?? {};
  if (!request || !response) throw new Error(`The service has no method ${name}.`);
  return { request: codecOf(request), response: codecOf(response) };
}

let loaded: ReturnType<typeof loadPlainProtos> | undefined;

function root(): ReturnType<typeof loadPlainProtos> {
  return (loaded ??= loadPlainProtos());
}

function codecOf(type: Type): JsonCodec {
  return {
    toBytes: (json) => Buffer.from(type.encode(type.fromObject(intoObject(type, json))).finish()),
    toJson: (bytes) =>
      outOfObject(
        type,
        type.toObject(type.decode(bytes), {
          longs: String,
          enums: String,
          bytes: String,
          json: true,
        }),
      ) as Json,
  };
}

/** What protobufjs reads by itself stays: enums by name, base64, integers as text. */
function intoObject(type: Type, json: unknown): Json {
  if (type.fullName === TIMESTAMP && typeof json === 'string') return timestampOf(json);
  if (WRAPPER.test(type.fullName)) return { value: json };
  return mapFields(type, json as Json, intoObject);
}

function outOfObject(type: Type, object: unknown): unknown {
  if (type.fullName === TIMESTAMP) return isoOf(object as { seconds?: string; nanos?: number });
  if (WRAPPER.test(type.fullName)) return (object as { value?: unknown }).value ?? 0;
  return mapFields(type, object as Json, outOfObject);
}

function mapFields(type: Type, object: Json, map: (type: Type, value: unknown) => unknown): Json {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const field = type.fields[name]?.resolve();
      const inner = field && messageOf(field);
      if (!inner || value === null || value === undefined) return [name, value];
      if (field.map) {
        const entries = Object.entries(value as Json).map(([key, item]) => [key, map(inner, item)]);
        return [name, Object.fromEntries(entries)];
      }
      if (field.repeated) return [name, (value as unknown[]).map((item) => map(inner, item))];
      return [name, map(inner, value)];
    }),
  );
}

function messageOf(field: Field): Type | undefined {
  const { resolvedType } = field;
  return resolvedType && 'fields' in resolvedType ? resolvedType : undefined;
}

function timestampOf(text: string): Json {
  const [, seconds = '', fraction = ''] = /^(.+?)(?:\.(\d{1,9}))?Z$/.exec(text) ?? [];
  const millis = Date.parse(`${seconds}Z`);
  if (Number.isNaN(millis)) throw new Error(`${JSON.stringify(text)} is no timestamp.`);
  return { seconds: String(millis / 1_000), nanos: Number(fraction.padEnd(9, '0')) };
}

function isoOf({ seconds = '0', nanos = 0 }: { seconds?: string; nanos?: number }): string {
  const whole = new Date(Number(seconds) * 1_000).toISOString().slice(0, -5);
  return nanos === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, '0')}Z`;
}
