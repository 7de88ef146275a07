-- Usage as sources meter it: one row for each call, interval of a session or item, only ever added, by the month of its
-- start. The event of a batch covers the rows that were written with it by a hash for each month.

CREATE TABLE billing.usage_rows (
    started_at   timestamptz NOT NULL,
    used_on      date NOT NULL,
    source       text COLLATE "C" NOT NULL,
    key          text COLLATE "C" NOT NULL,
    batch        text COLLATE "C" NOT NULL,
    line         bigint NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    subscriber   text COLLATE "C" NOT NULL,
    account      text COLLATE "C" NOT NULL,
    subscription text COLLATE "C" NOT NULL,
    component    text COLLATE "C" NOT NULL,
    number       text COLLATE "C" NOT NULL,
    network      text COLLATE "C" NOT NULL,
    session      text COLLATE "C" NOT NULL,
    direction    text COLLATE "C" NOT NULL,
    seconds      bigint NOT NULL,
    quantity     bigint NOT NULL,
    bytes_in     bigint NOT NULL,
    bytes_out    bigint NOT NULL
) PARTITION BY RANGE (started_at);

-- Without the start: one that many rows share is short, and a month has few rows of a subscription.
CREATE INDEX usage_rows_of_subscription ON billing.usage_rows (account, subscription);

-- The rows of a batch stand together, as they are written at once: it is enough to know of each few pages which batches
-- they hold.
CREATE INDEX usage_rows_of_batch ON billing.usage_rows USING brin (batch text_bloom_ops (n_distinct_per_range = 32))
    WITH (pages_per_range = 32, autosummarize = on);

COMMENT ON TABLE billing.usage_rows IS
    'Its partitions are made with the first row of their month; in each of them a source gives a key once';
COMMENT ON COLUMN billing.usage_rows.used_on IS 'The day of its start in the time zone of the seller';
COMMENT ON COLUMN billing.usage_rows.key IS 'The id that its source gives it';
COMMENT ON COLUMN billing.usage_rows.line IS 'Its number in the batch, as the line of a file';
COMMENT ON COLUMN billing.usage_rows.subscriber IS 'Of whom it is charged, as the source names them: a number, a user name';
COMMENT ON COLUMN billing.usage_rows.number IS 'The other party of a call; a title or item';
COMMENT ON COLUMN billing.usage_rows.network IS 'Trunk, carrier or network access server';
COMMENT ON COLUMN billing.usage_rows.quantity IS 'Items or units in millionths';
COMMENT ON COLUMN billing.usage_rows.bytes_in IS 'To the subscriber';
COMMENT ON COLUMN billing.usage_rows.bytes_out IS 'From the subscriber';

-- Records that could not be taken, until they are taken or dismissed. A key waits once.
CREATE TABLE billing.usage_waiting (
    source  text COLLATE "C" NOT NULL,
    batch   text COLLATE "C" NOT NULL,
    line    bigint NOT NULL CHECK (line > 0),
    profile text COLLATE "C" NOT NULL,
    key     text COLLATE "C" NOT NULL,
    field   text COLLATE "C" NOT NULL,
    value   text NOT NULL,
    reason  text NOT NULL,
    raw     text NOT NULL,
    is_read boolean NOT NULL,
    CONSTRAINT usage_waiting_line PRIMARY KEY (source, batch, line)
);

CREATE UNIQUE INDEX usage_waiting_key ON billing.usage_waiting (source, key) WHERE key <> '';

COMMENT ON COLUMN billing.usage_waiting.batch IS 'The batch in which it came first';
COMMENT ON COLUMN billing.usage_waiting.raw IS
    'The line as it came; if it could be read, the row that was made of it, as JSON';
