import type { StoreCounts } from '../broker/store-owner.ts';
import type { Queue, ReceivingEntity, Subscription } from '../broker/receiving-entity.ts';
import type { Topic } from '../broker/topic.ts';
import { isoDate, type AtomEntry } from './atom.ts';
import { queueFields, subscriptionFields, topicFields, writeFields } from './description-fields.ts';

const COUNTS = 'http://schemas.microsoft.com/netservices/2011/06/servicebus';

/** What an entity holds, as runtime properties show it. */
interface Counts {
  readonly active: number;
  readonly deadLetter: number;
  readonly scheduled: number;
  readonly transferDeadLetter: number;
}

const held = ({ active, locked, deferred, scheduled }: StoreCounts): number =>
  active + locked + deferred + scheduled;

function countsOf(entity: ReceivingEntity): Counts {
  const { counts } = entity.store;
  return {
    active: counts.active + counts.locked + counts.deferred,
    deadLetter: held(entity.deadLetters.counts),
    scheduled: counts.scheduled,
    transferDeadLetter: held(entity.transferDeadLetters.counts),
  };
}

/** Clients look for exactly one namespace declaration on `CountDetails`. */
function countDetails(counts: Counts): string {
  const count = (name: string, value: number) => `<d2p1:${name}>${value}</d2p1:${name}>`;
  return [
    `<CountDetails xmlns:d2p1="${COUNTS}">`,
    count('ActiveMessageCount', counts.active),
    count('DeadLetterMessageCount', counts.deadLetter),
    count('ScheduledMessageCount', counts.scheduled),
    count('TransferMessageCount', 0),
    count('TransferDeadLetterMessageCount', counts.transferDeadLetter),
    '</CountDetails>',
  ].join('');
}

function runtimeOf(entity: ReceivingEntity): string {
  const { store, deadLetters, transferDeadLetters } = entity;
  const counts = countsOf(entity);
  const total = counts.active + counts.deadLetter + counts.scheduled + counts.transferDeadLetter;
  const size = store.sizeBytes + deadLetters.sizeBytes + transferDeadLetters.sizeBytes;
  return `<SizeInBytes>${size}</SizeInBytes><MessageCount>${total}</MessageCount>${countDetails(counts)}`;
}

function datesOf({ dates }: Queue | Topic | Subscription): string {
  return [
    `<CreatedAt>${isoDate(dates.createdAtMs)}</CreatedAt>`,
    `<UpdatedAt>${isoDate(dates.updatedAtMs)}</UpdatedAt>`,
    `<AccessedAt>${isoDate(dates.accessedAtMs)}</AccessedAt>`,
  ].join('');
}

const AVAILABLE = '<EntityAvailabilityStatus>Available</EntityAvailabilityStatus>';

function entry(
  entity: Queue | Topic | Subscription,
  title: string,
  element: string,
  content: string,
): AtomEntry {
  const { createdAtMs, updatedAtMs } = entity.dates;
  return { path: entity.path, title, createdAtMs, updatedAtMs, element, content };
}

export function queueEntry(queue: Queue, host: string): AtomEntry {
  const content =
    writeFields(queue.description, queueFields, host) + runtimeOf(queue) + datesOf(queue);
  return entry(queue, queue.path, 'QueueDescription', content + AVAILABLE);
}

export function topicEntry(topic: Topic, host: string): AtomEntry {
  const scheduled = topic.store.counts.scheduled;
  const counts = countDetails({ active: 0, deadLetter: 0, scheduled, transferDeadLetter: 0 });
  const runtime = [
    `<SizeInBytes>${topic.store.sizeBytes}</SizeInBytes>`,
    `<SubscriptionCount>${topic.subscriptions.size}</SubscriptionCount>${counts}`,
  ].join('');
  const content = writeFields(topic.description, topicFields, host) + runtime + datesOf(topic);
  return entry(topic, topic.path, 'TopicDescription', content + AVAILABLE);
}

export function subscriptionEntry(subscription: Subscription, host: string): AtomEntry {
  const content =
    writeFields(subscription.description, subscriptionFields, host) +
    runtimeOf(subscription) +
    datesOf(subscription);
  const name = subscription.path.slice(subscription.path.lastIndexOf('/') + 1);
  return entry(subscription, name, 'SubscriptionDescription', content + AVAILABLE);
}
