-- Usage as sources meter it: one row for each call, interval of a session or item, only ever added, by the month of its
-- start. The event of a batch covers the rows that were written with it by a hash.

CREATE TABLE billing.usage_rows (
    started_at   timestamptz NOT NULL,
    used_on      date NOT NULL,
    source       text COLLATE "C" NOT NULL,
    key          text COLLATE "C" NOT NULL,
    batch        text COLLATE "C" NOT NULL,
    line         bigint NOT NULL CHECK (line > 0),
    kind         text COLLATE "C" NOT NULL,
    subscriber   text COLLATE "C" NOT NULL,
    account      text COLLATE "C" NOT NULL,
    subscription text COLLATE "C" NOT NULL,
    component    text COLLATE "C" NOT NULL,
    number       text COLLATE "C" NOT NULL,
    network      text COLLATE "C" NOT NULL,
    session      text COLLATE "C" NOT NULL,
    direction    text COLLATE "C" NOT NULL,
    seconds      bigint NOT NULL CHECK (seconds >= 0),
    quantity     bigint NOT NULL CHECK (quantity >= 0),
    bytes_in     bigint NOT NULL CHECK (bytes_in >= 0),
    bytes_out    bigint NOT NULL CHECK (bytes_out >= 0),
    CONSTRAINT usage_rows_key PRIMARY KEY (started_at, source, key)
) PARTITION BY RANGE (started_at);

CREATE INDEX usage_rows_of_subscription ON billing.usage_rows (account, subscription, started_at);

COMMENT ON COLUMN billing.usage_rows.used_on IS 'The day of its start in the time zone of the seller';
COMMENT ON COLUMN billing.usage_rows.key IS 'The id that its source gives it';
COMMENT ON COLUMN billing.usage_rows.line IS 'Its number in the batch, as the line of a file';
COMMENT ON COLUMN billing.usage_rows.subscriber IS 'Of whom it is charged, as the source names them: a number, a user name';
COMMENT ON COLUMN billing.usage_rows.number IS 'The other party of a call; a title or item';
COMMENT ON COLUMN billing.usage_rows.network IS 'Trunk, carrier or network access server';
COMMENT ON COLUMN billing.usage_rows.quantity IS 'Items or units in millionths';
COMMENT ON COLUMN billing.usage_rows.bytes_in IS 'To the subscriber';
COMMENT ON COLUMN billing.usage_rows.bytes_out IS 'From the subscriber';
