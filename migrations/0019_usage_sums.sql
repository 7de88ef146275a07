-- Sums of usage by the hour, which stay when the rows are purged. What a statement writes to the rows is summed within
-- its transaction: first appended, so that batches never wait for each other, then added up by the worker.

-- The hours that are added up; `usage_sums_added` has what is still to be added to them.
CREATE TABLE billing.usage_sums (
    hour_at      timestamptz NOT NULL,
    used_on      date NOT NULL,
    account      text COLLATE "C" NOT NULL,
    subscription text COLLATE "C" NOT NULL,
    component    text COLLATE "C" NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    network      text COLLATE "C" NOT NULL,
    direction    text COLLATE "C" NOT NULL,
    records      bigint NOT NULL,
    seconds      bigint NOT NULL,
    quantity     bigint NOT NULL,
    bytes_in     bigint NOT NULL,
    bytes_out    bigint NOT NULL,
    CONSTRAINT usage_sums_key
        PRIMARY KEY (account, subscription, hour_at, used_on, component, kind, network, direction)
);
CREATE INDEX usage_sums_by_day ON billing.usage_sums USING brin (used_on) WITH (pages_per_range = 32);

-- Every report reads it whole, so the space of what was added up must be free soon.
CREATE TABLE billing.usage_sums_added (LIKE billing.usage_sums)
    WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- The same without subscriptions: some thousand rows a month, however many subscribers there are.
CREATE TABLE billing.usage_totals (LIKE billing.usage_sums);
ALTER TABLE billing.usage_totals DROP account, DROP subscription,
    ADD CONSTRAINT usage_totals_key PRIMARY KEY (used_on, hour_at, component, kind, network, direction);

COMMENT ON COLUMN billing.usage_sums.hour_at IS 'The hour of UTC in which the records started';
COMMENT ON COLUMN billing.usage_sums.used_on IS 'The day of their start in the time zone of the seller';

CREATE FUNCTION billing.sum_usage_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing.usage_sums_added
    SELECT date_trunc('hour', started_at, 'UTC'), used_on, account, subscription, component, kind, network, direction,
           count(*), sum(seconds), sum(quantity), sum(bytes_in), sum(bytes_out)
    FROM added GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
    RETURN NULL;
END
$$;

-- Rows are written to the partitions, each of which is made with a trigger that calls it.
COMMENT ON FUNCTION billing.sum_usage_rows IS 'Appends the sums of the rows that a statement adds';

-- What reports read: an hour may have several rows, until they are added up.
CREATE VIEW billing.usage_hours AS
    TABLE billing.usage_sums UNION ALL TABLE billing.usage_sums_added;
CREATE VIEW billing.usage_network_hours AS
    TABLE billing.usage_totals UNION ALL
    SELECT hour_at, used_on, component, kind, network, direction, records, seconds, quantity, bytes_in, bytes_out
    FROM billing.usage_sums_added;
