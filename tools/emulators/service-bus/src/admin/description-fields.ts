import type { AuthorizationRule } from '../broker/entity-description.ts';
import { escapeXml, type XmlElement } from './xml.ts';
import { formatDuration, parseDuration } from './iso-duration.ts';

/** How the value of one element is read and written. */
interface FieldCodec {
  read(element: XmlElement): unknown;
  write(value: unknown, host: string): string;
}

const text: FieldCodec = {
  read: (element) => element.text,
  write: (value) => escapeXml(String(value)),
};
const flag: FieldCodec = {
  read: (element) => element.text.trim().toLowerCase() === 'true',
  write: (value) => String(value),
};
const number: FieldCodec = {
  read: (element) => Number(element.text),
  write: (value) => String(value),
};
const duration: FieldCodec = {
  read: (element) => parseDuration(element.text.trim()),
  write: (value) => formatDuration(Number(value)),
};
/** A forwarding target may be given as a URL, and is shown as one; what counts is its path. */
const entityPath: FieldCodec = {
  read: (element) => element.text.replace(/^[a-z]+:\/\/[^/]+\//i, '') || undefined,
  write: (value, host) => escapeXml(`sb://${host}/${String(value)}`),
};
const authorizationRules: FieldCodec = {
  read: (element) => element.children.map(readAuthorizationRule),
  write: (value) => (value as readonly AuthorizationRule[]).map(writeAuthorizationRule).join(''),
};

function readAuthorizationRule(element: XmlElement): AuthorizationRule {
  const valueOf = (name: string) => element.children.find((child) => child.name === name)?.text;
  const rights = element.children.find((child) => child.name === 'Rights');
  return {
    claimType: valueOf('ClaimType') ?? 'SharedAccessKey',
    claimValue: valueOf('ClaimValue') ?? 'None',
    rights: rights?.children.map((child) => child.text) ?? [],
    keyName: valueOf('KeyName') ?? '',
    primaryKey: valueOf('PrimaryKey'),
    secondaryKey: valueOf('SecondaryKey'),
  };
}

function writeAuthorizationRule(rule: AuthorizationRule): string {
  const element = (name: string, value: string | undefined) =>
    value === undefined ? '' : `<${name}>${escapeXml(value)}</${name}>`;
  const rights = rule.rights.map((right) => element('AccessRights', right)).join('');
  return [
    '<AuthorizationRule i:type="SharedAccessAuthorizationRule">',
    element('ClaimType', rule.claimType),
    element('ClaimValue', rule.claimValue),
    `<Rights>${rights}</Rights>`,
    element('KeyName', rule.keyName),
    element('PrimaryKey', rule.primaryKey),
    element('SecondaryKey', rule.secondaryKey),
    '</AuthorizationRule>',
  ].join('');
}

/** An element of a description, the setting it stands for, and how it is written. */
export type DescriptionField = readonly [element: string, setting: string, codec: FieldCodec];

/** In the order in which Azure's data contract demands them. */
export const queueFields: readonly DescriptionField[] = [
  ['LockDuration', 'lockDurationMs', duration],
  ['MaxSizeInMegabytes', 'maxSizeInMegabytes', number],
  ['RequiresDuplicateDetection', 'requiresDuplicateDetection', flag],
  ['RequiresSession', 'requiresSession', flag],
  ['DefaultMessageTimeToLive', 'defaultMessageTimeToLiveMs', duration],
  ['DeadLetteringOnMessageExpiration', 'deadLetteringOnMessageExpiration', flag],
  ['DuplicateDetectionHistoryTimeWindow', 'duplicateDetectionHistoryTimeWindowMs', duration],
  ['MaxDeliveryCount', 'maxDeliveryCount', number],
  ['EnableBatchedOperations', 'enableBatchedOperations', flag],
  ['AuthorizationRules', 'authorizationRules', authorizationRules],
  ['Status', 'status', text],
  ['ForwardTo', 'forwardTo', entityPath],
  ['UserMetadata', 'userMetadata', text],
  ['SupportOrdering', 'supportOrdering', flag],
  ['AutoDeleteOnIdle', 'autoDeleteOnIdleMs', duration],
  ['EnablePartitioning', 'enablePartitioning', flag],
  ['ForwardDeadLetteredMessagesTo', 'forwardDeadLetteredMessagesTo', entityPath],
  ['EnableExpress', 'enableExpress', flag],
  ['MaxMessageSizeInKilobytes', 'maxMessageSizeInKilobytes', number],
];

export const topicFields: readonly DescriptionField[] = [
  ['DefaultMessageTimeToLive', 'defaultMessageTimeToLiveMs', duration],
  ['MaxSizeInMegabytes', 'maxSizeInMegabytes', number],
  ['RequiresDuplicateDetection', 'requiresDuplicateDetection', flag],
  ['DuplicateDetectionHistoryTimeWindow', 'duplicateDetectionHistoryTimeWindowMs', duration],
  ['EnableBatchedOperations', 'enableBatchedOperations', flag],
  ['AuthorizationRules', 'authorizationRules', authorizationRules],
  ['Status', 'status', text],
  ['UserMetadata', 'userMetadata', text],
  ['SupportOrdering', 'supportOrdering', flag],
  ['AutoDeleteOnIdle', 'autoDeleteOnIdleMs', duration],
  ['EnablePartitioning', 'enablePartitioning', flag],
  ['EnableExpress', 'enableExpress', flag],
  ['MaxMessageSizeInKilobytes', 'maxMessageSizeInKilobytes', number],
];

export const subscriptionFields: readonly DescriptionField[] = [
  ['LockDuration', 'lockDurationMs', duration],
  ['RequiresSession', 'requiresSession', flag],
  ['DefaultMessageTimeToLive', 'defaultMessageTimeToLiveMs', duration],
  ['DeadLetteringOnMessageExpiration', 'deadLetteringOnMessageExpiration', flag],
  ['DeadLetteringOnFilterEvaluationExceptions', 'deadLetteringOnFilterEvaluationExceptions', flag],
  ['MaxDeliveryCount', 'maxDeliveryCount', number],
  ['EnableBatchedOperations', 'enableBatchedOperations', flag],
  ['Status', 'status', text],
  ['ForwardTo', 'forwardTo', entityPath],
  ['UserMetadata', 'userMetadata', text],
  ['ForwardDeadLetteredMessagesTo', 'forwardDeadLetteredMessagesTo', entityPath],
  ['AutoDeleteOnIdle', 'autoDeleteOnIdleMs', duration],
];

/** Reads the settings that a description names. */
export function readFields(
  description: XmlElement,
  fields: readonly DescriptionField[],
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const [name, setting, codec] of fields) {
    const element = description.children.find((child) => child.name === name);
    if (element && element.attributes.get('nil') !== 'true') {
      settings[setting] = codec.read(element);
    }
  }
  return settings;
}

/** Writes all settings that have a value. */
export function writeFields(
  settings: object,
  fields: readonly DescriptionField[],
  host: string,
): string {
  const values = settings as Readonly<Record<string, unknown>>;
  return fields
    .map(([name, setting, codec]) => {
      const value = values[setting];
      return value === undefined ? '' : `<${name}>${codec.write(value, host)}</${name}>`;
    })
    .join('');
}
