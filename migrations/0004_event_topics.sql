-- The event types that may be in the store: `billing init` notes those of its program, so that an older program, which
-- could not read them, is refused before it starts to work and not when it meets the first one.

CREATE TABLE billing.event_topics (
    topic    text COLLATE "C" PRIMARY KEY,
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

COMMENT ON TABLE billing.event_topics IS 'Type and version of every event that a program on this database may write';
