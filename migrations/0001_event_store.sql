-- The event store: every fact, once, in the order of its stream and of the whole system.
-- Read models are not made here; they belong to the projections and can be thrown away.

-- The transaction id stands before the position: defaults are evaluated from left to right, so a transaction
-- has its id before it draws a position. Readers rely on that to know which positions are final.
CREATE SEQUENCE billing.event_positions AS bigint CACHE 1;

CREATE TABLE billing.events (
    originator_id      text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL CHECK (originator_version > 0),
    topic              text COLLATE "C" NOT NULL,
    state              bytea NOT NULL,
    metadata           text NOT NULL,
    effective_on       date NOT NULL,
    recorded_at        timestamptz NOT NULL,
    transaction_id     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    position           bigint NOT NULL DEFAULT nextval('billing.event_positions'),
    CONSTRAINT events_stream PRIMARY KEY (originator_id, originator_version),
    CONSTRAINT events_position UNIQUE (position)
);

ALTER SEQUENCE billing.event_positions OWNED BY billing.events.position;

COMMENT ON COLUMN billing.events.state IS 'JSON bytes of the event; decimals are strings';
COMMENT ON COLUMN billing.events.metadata IS 'JSON: actor, role, channel, source, command, correlation, causation';

-- The log as people read it: SELECT * FROM billing.event_log WHERE originator_id = 'account/1'.
CREATE VIEW billing.event_log AS
SELECT position, recorded_at, effective_on, originator_id, originator_version, topic,
       convert_from(state, 'UTF8')::jsonb AS state, metadata::jsonb AS metadata
FROM billing.events;

-- A command is applied once: its id, what it said (hashed) and what it was answered.
CREATE TABLE billing.commands (
    command_id   uuid PRIMARY KEY,
    name         text NOT NULL,
    content_hash bytea NOT NULL,
    answer       text,
    recorded_at  timestamptz NOT NULL
);

-- Something that only one stream in the system may have, such as an external payment reference. The content tells
-- a repetition from a conflict.
CREATE TABLE billing.claims (
    kind    text COLLATE "C" NOT NULL,
    key     text COLLATE "C" NOT NULL,
    stream  text COLLATE "C" NOT NULL,
    content text NOT NULL,
    CONSTRAINT claims_key PRIMARY KEY (kind, key)
);

-- Document numbers without gaps and in order of date: the row is updated in the transaction that issues.
CREATE TABLE billing.number_series (
    seller         text COLLATE "C" NOT NULL,
    kind           text COLLATE "C" NOT NULL,
    last_number    bigint NOT NULL,
    last_issued_on date NOT NULL,
    PRIMARY KEY (seller, kind)
);

-- How far each read model has come, per schema it is built in.
CREATE TABLE billing.checkpoints (
    schema_name text NOT NULL,
    projection  text NOT NULL,
    version     integer NOT NULL,
    position    bigint NOT NULL,
    PRIMARY KEY (schema_name, projection)
);

-- The read models in use; others may be built beside them.
CREATE SCHEMA live;
