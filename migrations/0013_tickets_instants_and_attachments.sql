-- What tickets need from the platform: numbers, wake-ups at an instant, files beside the database.

-- Tickets are numbered without a series of documents: two that are opened at once do not wait for each other, and a
-- number that is drawn and not used leaves a gap, which harms nobody.
CREATE SEQUENCE billing.ticket_numbers;

-- A deadline may have an instant as well as its day: one that is moved on the same day is another one.
ALTER TABLE billing.wake_ups ADD COLUMN due_at timestamptz;
ALTER TABLE billing.wake_ups DROP CONSTRAINT wake_ups_pkey;
CREATE UNIQUE INDEX wake_ups_once ON billing.wake_ups (stream, kind, subject, due_on, due_at) NULLS NOT DISTINCT;
ALTER TABLE billing.refused_commands ADD COLUMN due_at timestamptz;

COMMENT ON COLUMN billing.refused_commands.due_at IS 'The instant of a wake-up that has one';

-- Files that were attached to something, or are about to be. The content of each stands in a folder beside the
-- database, under its SHA-256; a row is there only when the content is.
CREATE TABLE billing.attachments (
    hash       text COLLATE "C" PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    size       bigint NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    kept_at    timestamptz NOT NULL
);

COMMENT ON COLUMN billing.attachments.kept_at IS
    'When it came in or was attached last: a day later it goes unless something names it';

-- 0005 says that dead letters are replayed and dropped. So are deliveries that wait for their next try.
COMMENT ON COLUMN billing.deliveries.decided_by IS 'Who replayed or dropped a delivery that was dead or waited';
