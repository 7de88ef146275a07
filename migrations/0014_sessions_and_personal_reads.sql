-- By what a session was opened, so that its owner knows which one it is.
ALTER TABLE billing.sessions ADD COLUMN agent text NOT NULL DEFAULT '';

COMMENT ON COLUMN billing.sessions.agent IS 'The program that opened it, as it named itself';

-- Who read whose personal data over HTTP, when and from where; kept if the server is set up so. What was searched for is
-- not kept: it may be a name. A customer who is forgotten is taken out of the rows.
CREATE TABLE billing.personal_reads (
    number         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    read_at        timestamptz NOT NULL,
    actor          text COLLATE "C" NOT NULL,
    channel        text NOT NULL,
    source         text NOT NULL,
    query          text COLLATE "C" NOT NULL,
    customers      text[] COLLATE "C" NOT NULL,
    correlation_id uuid NOT NULL
);

CREATE INDEX personal_reads_actor ON billing.personal_reads (actor, number);
CREATE INDEX personal_reads_customers ON billing.personal_reads USING gin (customers);

COMMENT ON COLUMN billing.personal_reads.query IS 'The permission of the query that was answered';
COMMENT ON COLUMN billing.personal_reads.customers IS 'The numbers of those whose data the answer showed';
