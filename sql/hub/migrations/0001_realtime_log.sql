-- The log of changes that the hub pushes to clients. One row: where the log begins and ends.
CREATE TABLE realtime_log (
  only_row       boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
  -- Another one begins when changes may have been missed: cursors of the old one are of no use then.
  epoch          text        NOT NULL DEFAULT left(replace(gen_random_uuid()::text, '-', ''), 12),
  first_sequence bigint      NOT NULL DEFAULT 1,
  last_sequence  bigint      NOT NULL DEFAULT 0,
  -- When a hub last read the subscription, or had just seen that nothing waits there.
  alive_at       timestamptz NOT NULL DEFAULT now()
);

INSERT INTO realtime_log DEFAULT VALUES;

-- Who takes part in a conversation, by the newest state of it that a hub has seen.
CREATE TABLE realtime_conversations (
  conversation_id text   COLLATE "C" PRIMARY KEY,
  version         bigint NOT NULL,
  members         text[] NOT NULL,
  -- The newest version of anything of the conversation in the log; what is older comes late.
  logged_version  bigint NOT NULL DEFAULT 0
);

-- Every change once. Without a sequence it waits for its place; with one it is in the log.
CREATE TABLE realtime_events (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sequence        bigint,
  path            text        COLLATE "C" NOT NULL,
  version         bigint      NOT NULL,
  deleted         boolean     NOT NULL,
  -- What is kept in order: the changes of one conversation, or the follow edges of one user.
  stream          text        COLLATE "C" NOT NULL,
  conversation_id text        COLLATE "C",
  -- Of a conversation: who takes part in it in this state.
  members         text[],
  -- Of a follow edge: the user that owns it.
  owner           text,
  -- The frame as clients get it, without the opening brace, cursor and lateness.
  frame           text        NOT NULL,
  received_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- From here on: set together with the sequence.
  audience        text[],
  removed         text[],
  late            boolean,
  sequenced_at    timestamptz,
  UNIQUE (path, version, deleted)
);

CREATE UNIQUE INDEX realtime_events_sequence ON realtime_events (sequence) WHERE sequence IS NOT NULL;
CREATE INDEX realtime_events_waiting ON realtime_events (received_at) WHERE sequence IS NULL;

-- The log of one user: what a client that comes back is sent.
CREATE TABLE realtime_audience (
  user_id  text    COLLATE "C" NOT NULL,
  sequence bigint  NOT NULL,
  -- The user was taken out of the conversation by this change.
  removed  boolean NOT NULL,
  PRIMARY KEY (user_id, sequence)
);

-- Who forwards the log to a service that may only be told once, and how far it has come.
CREATE TABLE realtime_forwarders (
  name         text        PRIMARY KEY,
  sequence     bigint      NOT NULL,
  holder       text        NOT NULL,
  leased_until timestamptz NOT NULL
);
