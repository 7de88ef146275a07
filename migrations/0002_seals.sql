-- Seals: proof that no final event was changed, removed, inserted or put elsewhere since it was sealed.

CREATE TABLE billing.seals (
    number bigint PRIMARY KEY CHECK (number > 0),
    seal   text NOT NULL,
    leaves bytea NOT NULL
);

COMMENT ON TABLE billing.seals IS 'Signed hashes of ranges of events, each chained to the one before';
COMMENT ON COLUMN billing.seals.seal IS 'The seal as it is published: one line of JSON';
COMMENT ON COLUMN billing.seals.leaves IS 'SHA-256 of each event in order: only to name the event that was changed';

-- Hashes do not compress; nobody should try.
ALTER TABLE billing.seals ALTER COLUMN leaves SET STORAGE EXTERNAL;
