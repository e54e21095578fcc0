import type { z } from 'zod';
import { invalidArgument } from '../http/api-error.ts';
import type { Directory } from '../projects/directory.ts';
import type { Project } from '../projects/project.ts';

/** Everything about a request that does not depend on the operation. */
interface CallContext {
  readonly project: Project;
  /** The users it is about: those of the project or of the tenant it names. */
  readonly directory: Directory;
  /** Whether it comes from a server with the rights of an administrator. */
  readonly admin: boolean;
  /** Where the emulator was reached: `http://127.0.0.1:9099`. */
  readonly origin: string;
  readonly query: URLSearchParams;
  /** What the path says at its `{parameters}`. */
  readonly params: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Call<Body> extends CallContext {
  readonly body: Body;
}

/** Answers a request whose body has been read but not looked at. */
export type Operation = (context: CallContext, body: Readonly<Record<string, unknown>>) => object;

/** An operation whose body must have the fields of a schema; fields it does not name are ignored. */
export function operation<Schema extends z.ZodType>(
  schema: Schema,
  run: (call: Call<z.infer<Schema>>) => object,
): Operation {
  return (context, body) => {
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue?.path.join('.') ?? '';
      throw invalidArgument(`Invalid JSON payload received. ${where}: ${issue?.message ?? ''}`);
    }
    return run({ ...context, body: parsed.data });
  };
}
