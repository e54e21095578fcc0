import { AynaError } from '@ayna/contract';
import { z } from 'zod';

/**
 * Reads the settings of a program from environment variables, by schema.
 *
 * An empty variable counts as missing. The result holds what the schema says, nothing else.
 *
 * @param shape a zod type for each variable
 * @throws AynaError `ConfigInvalid`, naming every variable that is wrong and what is expected; the
 * values themselves are never in the message, because they may be secrets.
 *
 * @example
 * const config = readConfig({ PORT: port().default(8080) }, process.env);
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<z.ZodObject<Shape>> {
  const present = Object.fromEntries(
    Object.keys(shape).map((name) => [name, env[name] === '' ? undefined : env[name]]),
  );
  const result = z.object(shape).safeParse(present);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const name = issue.path.map(String).join('.');
    return present[name] === undefined
      ? `${name} is missing: ${expectation(shape, name, issue.message)}`
      : `${name} has a wrong value: ${expectation(shape, name, issue.message)}`;
  });
  throw new AynaError('ConfigInvalid', [...new Set(problems)].join('\n'));
}

/** The description of the variable (`.describe('expected ...')`), or else what zod says of it. */
function expectation(shape: z.ZodRawShape, name: string, message: string): string {
  let type: unknown = shape[name];
  // A default or an optional around a type hides its description.
  while (type instanceof z.ZodDefault || type instanceof z.ZodOptional) {
    if (type.description !== undefined) break;
    type = type.unwrap();
  }
  return (type instanceof z.ZodType ? type.description : undefined) ?? message;
}

/** `true`, `1`, `yes`, `on` and their opposites, in any case. */
export function flag(): z.ZodType<boolean> {
  return z.stringbool().describe('expected true or false');
}

/** A whole number, written in decimal digits. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .describe(`expected a whole number from ${min} to ${max}`);
}

/** A TCP port; 0 lets the system choose. */
export function port(): z.ZodType<number> {
  return wholeNumber(0, 65_535);
}
