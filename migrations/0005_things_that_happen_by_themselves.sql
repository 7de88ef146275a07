-- What happens without a person: reactions to events, deliveries to the outside, wake-ups, and timed work. None of it
-- is a read model: a rebuild neither reads nor writes these tables.

-- How far each reaction and each follower has come in the log. It only moves forward.
CREATE TABLE billing.reactions (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
);

CREATE TABLE billing.followers (
    name     text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL
);

-- Commands of reactions and wake-ups that were refused, or could not be made of their event. A row is never removed:
-- who settled it, when and why stay on record.
CREATE TABLE billing.refused_commands (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    command_id     uuid NOT NULL UNIQUE,
    cause          text NOT NULL CHECK (cause IN ('reaction', 'wake-up')),
    name           text COLLATE "C" NOT NULL,
    stream         text COLLATE "C" NOT NULL,
    subject        text NOT NULL,
    position       bigint,
    due_on         date,
    command        text NOT NULL,
    code           text NOT NULL,
    reason         text NOT NULL,
    refused_at     timestamptz NOT NULL,
    attempts       integer NOT NULL DEFAULT 1,
    settlement     text CHECK (settlement IN ('applied', 'overruled')),
    settled_by     text,
    settled_at     timestamptz,
    settled_reason text,
    CHECK ((settlement IS NULL) = (settled_by IS NULL) AND (settlement IS NULL) = (settled_at IS NULL))
);

CREATE INDEX refused_commands_open ON billing.refused_commands (cause, number) WHERE settlement IS NULL;

COMMENT ON COLUMN billing.refused_commands.name IS 'The reaction, or the kind of wake-up';
COMMENT ON COLUMN billing.refused_commands.position IS 'The event that a reaction reacted to';
COMMENT ON COLUMN billing.refused_commands.due_on IS 'The day of a wake-up';
COMMENT ON COLUMN billing.refused_commands.command IS 'Empty if no command could be made of the event';

-- Deliveries of followers that did not succeed at once: they wait for their next try, are dead, or were dropped by hand.
-- One that succeeds leaves no row.
CREATE TABLE billing.deliveries (
    follower       text COLLATE "C" NOT NULL,
    position       bigint NOT NULL,
    stream         text COLLATE "C" NOT NULL,
    state          text NOT NULL CHECK (state IN ('waiting', 'dead', 'dropped')),
    attempts       integer NOT NULL,
    next_try_at    timestamptz,
    error          text NOT NULL,
    decided_by     text,
    decided_at     timestamptz,
    decided_reason text,
    PRIMARY KEY (follower, position),
    CHECK ((state = 'waiting') = (next_try_at IS NOT NULL))
);

CREATE INDEX deliveries_waiting ON billing.deliveries (follower, stream, position) WHERE state = 'waiting';

COMMENT ON COLUMN billing.deliveries.decided_by IS 'Who replayed or dropped a dead letter';

-- Wake-ups that were handed to their area, as long as their deadline stands.
CREATE TABLE billing.wake_ups (
    stream    text COLLATE "C" NOT NULL,
    kind      text COLLATE "C" NOT NULL,
    subject   text COLLATE "C" NOT NULL,
    due_on    date NOT NULL,
    handed_at timestamptz NOT NULL,
    PRIMARY KEY (stream, kind, subject, due_on)
);

-- Work that is done once on every business date. `last_on` is the newest date for which it came to an end.
CREATE TABLE billing.timed_work (
    name       text COLLATE "C" PRIMARY KEY,
    last_on    date NOT NULL,
    state      text NOT NULL CHECK (state IN ('never started', 'running', 'done', 'failed', 'interrupted')),
    outcome    text NOT NULL DEFAULT '',
    started_by text,
    started_at timestamptz,
    ended_at   timestamptz
);
