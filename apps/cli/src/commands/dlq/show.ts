import { AynaError } from '@ayna/contract';
import { explainReason, type DeadLetter } from '@ayna/service-bus';
import type { CommandContext } from '../../command-context.ts';
import { plainLine, plainText } from '../../table.ts';
import { sequenceNumber } from './filter-options.ts';
import { bodyJson, jsonLine, letterJson } from './letter-json.ts';
import { withDeadLetters } from './with-dead-letters.ts';

/**
 * `ayna dlq show NUMBER`: all that a dead letter holds, and what to do about it.
 *
 * @throws AynaError `InputInvalid` when there is none with this number
 */
export async function showDeadLetter(
  context: CommandContext,
  number: string,
  { json = false }: { readonly json?: boolean },
): Promise<void> {
  const wanted = sequenceNumber(number);
  await withDeadLetters(context, async ({ letters, place }) => {
    const letter = await letters.find(wanted);
    if (!letter) {
      throw new AynaError(
        'InputInvalid',
        `"${place.subscription}" has no dead letter ${number}: it was replayed or discarded, or never was`,
      );
    }
    const explained = explainReason(letter.reason);
    await context.print(
      json
        ? jsonLine({
            ...letterJson(letter),
            ...explained,
            properties: letter.properties,
            ...bodyJson(letter),
          })
        : describe(letter, explained),
    );
  });
}

function describe(letter: DeadLetter, { cause, remedy }: ReturnType<typeof explainReason>): string {
  const fields: [string, string | undefined][] = [
    ['number', letter.sequenceNumber.toString()],
    ['reason', letter.reason || '(none)'],
    ['cause', cause],
    ['what to do', remedy],
    ['description', letter.description || '(none)'],
    ['event type', letter.eventType],
    ['path', letter.path],
    ['event id', letter.eventId],
    ['message id', letter.messageId],
    ['attempt', String(letter.attempt)],
    ['enqueued', letter.enqueuedAt.toISOString()],
    ['published', letter.publishedAt.toISOString()],
  ];
  const width = Math.max(...fields.map(([name]) => name.length));
  const lines = fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => `${name.padEnd(width)}  ${plainLine(value)}\n`);
  const properties = Object.entries(letter.properties).map(
    ([name, value]) => `  ${plainLine(name)}: ${plainLine(String(value))}\n`,
  );
  return [...lines, '\nproperties\n', ...properties, `\n${bodyText(letter)}`].join('');
}

function bodyText({ body }: DeadLetter): string {
  switch (body.kind) {
    case 'json':
      return `body\n${plainText(JSON.stringify(unfolded(body.value), undefined, 2))}\n`;
    case 'bytes':
      return `body: ${body.bytes.length} bytes that are no JSON, in Base64\n${body.bytes.toString('base64')}\n`;
    case 'amqp':
      return `body: an AMQP ${body.bodyType}\n${plainText(jsonLine(body.value))}`;
  }
}

/** The fields that hold a document as canonical JSON, opened up for reading. */
function unfolded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => [
      name,
      name === 'document' || name === 'previousDocument' ? parsed(field) : field,
    ]),
  );
}

function parsed(field: unknown): unknown {
  if (typeof field !== 'string') return field;
  try {
    return JSON.parse(field);
  } catch {
    return field;
  }
}
