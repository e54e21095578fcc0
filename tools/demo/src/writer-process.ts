import { fileURLToPath } from 'node:url';
import type { ProcessorStatus } from '@ayna/processor';
import type { Child } from '@ayna/processes';
import { startPart } from './part.ts';

/** The writer, running as a process of its own. */
export interface WriterProcess extends Child {
  /** What its `/status` says. */
  status(): Promise<ProcessorStatus>;
}

const WRITER = fileURLToPath(import.meta.resolve('@ayna/writer/main'));

export async function startWriter(env: Readonly<Record<string, string>>): Promise<WriterProcess> {
  const child = await startPart(WRITER, [], env);
  const { port } = child.announcement as { port: number };
  return {
    ...child,
    status: async () => {
      const response = await fetch(`http://127.0.0.1:${port}/status`);
      return (await response.json()) as ProcessorStatus;
    },
  };
}
