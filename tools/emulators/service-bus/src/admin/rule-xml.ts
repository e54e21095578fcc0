import { BrokerError } from '../broker/broker-error.ts';
import type {
  RuleAction,
  RuleFilter,
  RuleRecord,
  RuleValue,
} from '../broker/entity-description.ts';
import { isoDate } from './atom.ts';
import { childOf, escapeXml, type XmlElement } from './xml.ts';

const XSD = 'http://www.w3.org/2001/XMLSchema';

/** The texts of a correlation filter, in the order of Azure's data contract. */
const CORRELATION_FIELDS = [
  ['CorrelationId', 'correlationId'],
  ['MessageId', 'messageId'],
  ['To', 'to'],
  ['ReplyTo', 'replyTo'],
  ['Label', 'label'],
  ['SessionId', 'sessionId'],
  ['ReplyToSessionId', 'replyToSessionId'],
  ['ContentType', 'contentType'],
] as const;

/** Reads a `RuleDescription` (or a `DefaultRuleDescription`). Throws `invalid-argument`. */
export function readRule(element: XmlElement, name: string, nowMs: number): RuleRecord {
  const filter = childOf(element, 'Filter');
  const action = childOf(element, 'Action');
  return {
    name,
    filter: filter ? readFilter(filter) : { type: 'true' },
    action: action && readAction(action),
    createdAtMs: nowMs,
  };
}

function typeOf(element: XmlElement): string {
  const type = element.attributes.get('type') ?? '';
  return type.slice(type.indexOf(':') + 1);
}

function readFilter(element: XmlElement): RuleFilter {
  switch (typeOf(element)) {
    case 'TrueFilter':
      return { type: 'true' };
    case 'FalseFilter':
      return { type: 'false' };
    case 'CorrelationFilter':
      return {
        type: 'correlation',
        ...Object.fromEntries(
          CORRELATION_FIELDS.flatMap(([name, key]) => {
            const text = childOf(element, name)?.text;
            return text === undefined ? [] : [[key, text]];
          }),
        ),
        properties: readValues(childOf(element, 'Properties')),
      };
    case 'SqlFilter':
      return {
        type: 'sql',
        expression: childOf(element, 'SqlExpression')?.text ?? '',
        parameters: readValues(childOf(element, 'Parameters')),
      };
    default:
      throw new BrokerError('invalid-argument', 'The filter of the rule has an unknown type.');
  }
}

function readAction(element: XmlElement): RuleAction | undefined {
  const expression = childOf(element, 'SqlExpression')?.text;
  if (typeOf(element) !== 'SqlRuleAction' || expression === undefined) return undefined;
  return { expression, parameters: readValues(childOf(element, 'Parameters')) };
}

function readValues(element: XmlElement | undefined): Record<string, RuleValue> {
  const pairs = (element?.children ?? []).map((pair): [string, RuleValue] => {
    const value = childOf(pair, 'Value');
    return [childOf(pair, 'Key')?.text ?? '', value ? readValue(value) : ''];
  });
  return Object.fromEntries(pairs);
}

function readValue(element: XmlElement): RuleValue {
  switch (typeOf(element)) {
    case 'int':
    case 'long':
    case 'short':
    case 'double':
    case 'float':
    case 'decimal':
      return Number(element.text);
    case 'boolean':
      return element.text === 'true';
    case 'dateTime':
      return new Date(element.text);
    default:
      return element.text;
  }
}

/** The content of a `RuleDescription`. */
export function writeRule(rule: RuleRecord): string {
  return [
    writeFilter(rule.filter),
    rule.action ? writeAction(rule.action) : '<Action i:type="EmptyRuleAction"/>',
    `<CreatedAt>${isoDate(rule.createdAtMs)}</CreatedAt>`,
    `<Name>${escapeXml(rule.name)}</Name>`,
  ].join('');
}

function writeFilter(filter: RuleFilter): string {
  switch (filter.type) {
    case 'true':
      return writeSqlFilter('TrueFilter', '1=1', {});
    case 'false':
      return writeSqlFilter('FalseFilter', '1=0', {});
    case 'sql':
      return writeSqlFilter('SqlFilter', filter.expression, filter.parameters);
    case 'correlation': {
      const fields = CORRELATION_FIELDS.map(([name, key]) => {
        const text = filter[key];
        return text === undefined ? '' : `<${name}>${escapeXml(text)}</${name}>`;
      }).join('');
      const properties = writeValues('Properties', filter.properties);
      return `<Filter i:type="CorrelationFilter">${fields}${properties}</Filter>`;
    }
  }
}

function writeSqlFilter(
  type: string,
  expression: string,
  parameters: Readonly<Record<string, RuleValue>>,
): string {
  return [
    `<Filter i:type="${type}"><SqlExpression>${escapeXml(expression)}</SqlExpression>`,
    '<CompatibilityLevel>20</CompatibilityLevel>',
    `${writeValues('Parameters', parameters)}</Filter>`,
  ].join('');
}

function writeAction({ expression, parameters }: RuleAction): string {
  return [
    `<Action i:type="SqlRuleAction"><SqlExpression>${escapeXml(expression)}</SqlExpression>`,
    '<CompatibilityLevel>20</CompatibilityLevel>',
    `${writeValues('Parameters', parameters)}</Action>`,
  ].join('');
}

function writeValues(name: string, values: Readonly<Record<string, RuleValue>>): string {
  const pairs = Object.entries(values).map(([key, value]) => {
    const [type, text] = typed(value);
    return [
      `<KeyValueOfstringanyType><Key>${escapeXml(key)}</Key>`,
      `<Value xmlns:d6p1="${XSD}" i:type="d6p1:${type}">${escapeXml(text)}</Value>`,
      '</KeyValueOfstringanyType>',
    ].join('');
  });
  return pairs.length === 0 ? '' : `<${name}>${pairs.join('')}</${name}>`;
}

function typed(value: RuleValue): [type: string, text: string] {
  if (value instanceof Date) return ['dateTime', value.toISOString()];
  if (typeof value === 'number') return [Number.isInteger(value) ? 'int' : 'double', String(value)];
  return [typeof value, String(value)];
}
