import { expect, test } from 'vitest';
import {
  clientFrameSchema,
  closeCodes,
  MAX_CHANNELS,
  serverFrameSchema,
  type ClientFrame,
  type ServerFrame,
} from '../src/realtime/index.ts';

const open: ClientFrame = {
  type: 'open',
  protocol: 1,
  token: 'a.b.c',
  channels: ['me', 'conversation:c1'],
  cursor: 'e.7',
};

test('a frame of a client is taken as it is, with nothing added', () => {
  expect(clientFrameSchema.parse(open)).toEqual(open);
});

test.each([
  ['another protocol', { ...open, protocol: 2 }],
  ['a channel of nothing', { ...open, channels: ['conversation:'] }],
  ['a channel of another kind', { ...open, channels: ['user:u1'] }],
  ['an id that no store can hold', { ...open, channels: ['conversation:a\0b'] }],
  ['no channel', { ...open, channels: [] }],
  [
    'too many channels',
    { ...open, channels: Array.from({ length: MAX_CHANNELS + 1 }, () => 'me') },
  ],
  ['what the protocol does not know', { ...open, userId: 'somebody else' }],
  ['no token', { ...open, token: '' }],
])('a frame with %s is refused', (_, frame) => {
  expect(clientFrameSchema.safeParse(frame).success).toBe(false);
});

test('a change keeps its version and its columns to the last digit', () => {
  const change: ServerFrame = {
    type: 'change',
    cursor: 'e.8',
    entity: 'dm.message',
    operation: 'create',
    key: { conversationId: 'c1', messageId: 'm1' },
    version: '9223372036854775807',
    columns: { body: 'hi', media: { list: [1, null] }, createdAt: '2026-01-01T00:00:00.123456Z' },
    omitted: false,
    late: false,
  };
  expect(serverFrameSchema.parse(JSON.parse(JSON.stringify(change)))).toEqual(change);
});

test('every reason to close has a code of its own that a WebSocket may carry', () => {
  const codes = Object.values(closeCodes);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) {
    expect([1001, 1008, 1009, 1011].includes(code) || (code >= 4000 && code <= 4999)).toBe(true);
  }
});
