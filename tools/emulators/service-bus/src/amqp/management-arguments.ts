import { BrokerError } from '../broker/broker-error.ts';

/** Reads the arguments of a management request; each throws `invalid-argument` on what does not fit. */

type Arguments = Readonly<Record<string, unknown>>;

function wrong(name: string): BrokerError {
  return new BrokerError('invalid-argument', `The argument '${name}' is missing or invalid.`);
}

/** A whole number; rhea decodes what a double cannot hold as 8 bytes. */
function toNumber(value: unknown, name: string): number {
  if (typeof value === 'number') return value;
  if (Buffer.isBuffer(value) && value.length === 8) return Number(value.readBigInt64BE());
  throw wrong(name);
}

export function numberIn(body: Arguments, name: string): number {
  return toNumber(body[name], name);
}

export function listIn(body: Arguments, name: string): readonly unknown[] {
  const value = body[name];
  if (!Array.isArray(value)) throw wrong(name);
  return value;
}

export function numbersIn(body: Arguments, name: string): number[] {
  return listIn(body, name).map((item) => toNumber(item, name));
}

export function buffersIn(body: Arguments, name: string): Buffer[] {
  return listIn(body, name).map((item) => {
    if (!Buffer.isBuffer(item)) throw wrong(name);
    return item;
  });
}

export function textIn(body: Arguments, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') throw wrong(name);
  return value;
}

export function optionalTextIn(body: Arguments, name: string): string | undefined {
  const value = body[name];
  return value === undefined || value === null ? undefined : textIn(body, name);
}

export function mapIn(body: Arguments, name: string): Arguments | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') throw wrong(name);
  return value as Arguments;
}
