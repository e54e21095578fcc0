import { errorRegistry } from '@ayna/contract';

/** `docs/errors.md`, made from the error registry of the contract. */
export function errorPage(): string {
  const entries = Object.entries(errorRegistry).map(([code, { cause, remedy, heals }]) =>
    [
      `## ${code}`,
      '',
      cause,
      '',
      `**What to do:** ${remedy}`,
      '',
      heals
        ? 'Retried by itself; never dead-lettered.'
        : 'Not retried: time alone does not heal it.',
      '',
    ].join('\n'),
  );
  return [
    '# Error codes',
    '',
    'Every error that reaches a person, a log or the dead-letter queue carries one of these codes. This page is made from the registry in `libs/contract/src/errors.ts`.',
    '',
    ...entries,
  ].join('\n');
}
