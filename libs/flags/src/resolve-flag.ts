import { ErrorCode, StandardResolutionReasons, type ResolutionDetails } from '@openfeature/core';
import { evaluateFlag, type WrittenFlags } from './evaluate-flag.ts';
import { flagOfKey } from './flag-definitions.ts';

/** Answers OpenFeature: a flag by its key, of the type that is asked for. */
export function resolveFlag<Kind extends 'boolean' | 'string'>(
  kind: Kind,
  key: string,
  defaultValue: Kind extends 'boolean' ? boolean : string,
  written: WrittenFlags,
  userId: string | undefined,
): ResolutionDetails<Kind extends 'boolean' ? boolean : string> {
  const flag = flagOfKey(key);
  if (!flag) return refused(defaultValue, ErrorCode.FLAG_NOT_FOUND, `there is no flag ${key}`);
  const details = evaluateFlag(flag, written, userId);
  if (typeof details.value !== kind) {
    return refused(defaultValue, ErrorCode.TYPE_MISMATCH, `the flag ${key} is no ${kind}`);
  }
  // Of a flag that nobody has set, whoever asks may know better than the definition.
  if (details.reason === StandardResolutionReasons.DEFAULT) {
    return { value: defaultValue, reason: StandardResolutionReasons.DEFAULT };
  }
  return details as ResolutionDetails<Kind extends 'boolean' ? boolean : string>;
}

/** The answer to a question for a type that no flag has. */
export function refuseType<Value>(key: string, defaultValue: Value): ResolutionDetails<Value> {
  return refused(
    defaultValue,
    ErrorCode.TYPE_MISMATCH,
    `the flag ${key} is a boolean or a text, as all of Ayna's`,
  );
}

function refused<Value>(
  value: Value,
  errorCode: ErrorCode,
  errorMessage: string,
): ResolutionDetails<Value> {
  return { value, reason: StandardResolutionReasons.ERROR, errorCode, errorMessage };
}
