-- Sessions as access servers (RADIUS, Diameter) account for them. A message is kept before it is answered, and known if
-- it comes again. What it adds waits as usage until a batch takes it; the sessions say who is online now.

CREATE TABLE billing.access_sessions (
    server          text COLLATE "C" NOT NULL,
    session         text COLLATE "C" NOT NULL,
    subscriber      text COLLATE "C" NOT NULL,
    address         text NOT NULL,
    begun_at        timestamptz NOT NULL,
    heard_at        timestamptz NOT NULL,
    ended_at        timestamptz,
    ended_by        text NOT NULL,
    interim_seconds bigint NOT NULL,
    seconds         bigint NOT NULL CHECK (seconds >= 0),
    bytes_in        bigint NOT NULL CHECK (bytes_in >= 0),
    bytes_out       bigint NOT NULL CHECK (bytes_out >= 0),
    read_at         timestamptz,
    read_seconds    bigint,
    read_is_stop    boolean,
    read_in         bigint,
    read_in_is_wide boolean,
    read_out        bigint,
    read_out_is_wide boolean,
    is_open         boolean NOT NULL GENERATED ALWAYS AS (ended_at IS NULL OR heard_at > ended_at) STORED,
    CONSTRAINT access_sessions_key PRIMARY KEY (server, session)
) WITH (fillfactor = 70); -- An interim changes no indexed column, so its new version finds room on the same page.

CREATE INDEX access_sessions_online ON billing.access_sessions (server, session) WHERE is_open;
CREATE INDEX access_sessions_of_subscriber ON billing.access_sessions (subscriber, begun_at);

CREATE TABLE billing.access_messages (
    server         text COLLATE "C" NOT NULL,
    session        text COLLATE "C" NOT NULL,
    instant        bigint NOT NULL,
    kind           text COLLATE "C" NOT NULL,
    seconds        bigint NOT NULL,
    bytes_in       bigint NOT NULL,
    bytes_out      bigint NOT NULL,
    happened_at    timestamptz NOT NULL,
    read_seconds   bigint NOT NULL,
    read_in        bigint NOT NULL,
    read_in_is_wide boolean NOT NULL,
    read_out       bigint NOT NULL,
    read_out_is_wide boolean NOT NULL,
    received_at    timestamptz NOT NULL,
    CONSTRAINT access_messages_key PRIMARY KEY (server, session, instant, kind, seconds, bytes_in, bytes_out)
);

CREATE INDEX access_messages_received ON billing.access_messages USING brin (received_at);

CREATE TABLE billing.access_servers (
    server       text COLLATE "C" PRIMARY KEY,
    restarted_at timestamptz NOT NULL
);

CREATE TABLE billing.access_usage (
    place      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source     text COLLATE "C" NOT NULL,
    kind       text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL,
    server     text COLLATE "C" NOT NULL,
    session    text COLLATE "C" NOT NULL,
    subscriber text COLLATE "C" NOT NULL,
    number     text NOT NULL,
    started_at timestamptz NOT NULL,
    seconds    bigint NOT NULL CHECK (seconds >= 0),
    quantity   bigint NOT NULL CHECK (quantity >= 0),
    bytes_in   bigint NOT NULL CHECK (bytes_in >= 0),
    bytes_out  bigint NOT NULL CHECK (bytes_out >= 0)
);

CREATE TABLE billing.access_refused (
    place       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source      text COLLATE "C" NOT NULL,
    field       text NOT NULL,
    value       text NOT NULL,
    reason      text NOT NULL,
    raw         text NOT NULL,
    received_at timestamptz NOT NULL
);

COMMENT ON COLUMN billing.access_sessions.subscriber IS 'The user name that the server sends';
COMMENT ON COLUMN billing.access_sessions.bytes_in IS 'To the subscriber, by all messages so far';
COMMENT ON COLUMN billing.access_sessions.read_at IS 'When the newest counters were read, which follow';
COMMENT ON COLUMN billing.access_messages.instant IS 'Microseconds since 1970 as the server states them, or the number of a record; 0 if it states neither and a session time';
COMMENT ON COLUMN billing.access_servers.restarted_at IS 'When the server last said that it starts or stops: its sessions ended then';
COMMENT ON TABLE billing.access_usage IS 'Usage that no batch has taken yet';
COMMENT ON TABLE billing.access_refused IS 'Messages that cannot be read, which no batch has taken yet';
