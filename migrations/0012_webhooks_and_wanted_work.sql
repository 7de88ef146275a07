-- The secrets that sign the deliveries of webhooks. Webhooks themselves are streams of events, which are kept for good
-- and shown to many; a secret must not stand in them.
CREATE TABLE billing.webhook_secrets (
    number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook  text COLLATE "C" NOT NULL,
    secret   text NOT NULL,
    made_at  timestamptz NOT NULL,
    ends_at  timestamptz,
    shown_by text,
    shown_at timestamptz
);

CREATE UNIQUE INDEX webhook_secrets_newest ON billing.webhook_secrets (webhook) WHERE ends_at IS NULL;

COMMENT ON COLUMN billing.webhook_secrets.secret IS 'whsec_ and 32 random bytes in base64, as Standard Webhooks has it';
COMMENT ON COLUMN billing.webhook_secrets.ends_at IS 'Until then deliveries are signed by it too, after a newer one was made';

-- A work that somebody asked for is done by the next worker that is free, whatever its time of day.
ALTER TABLE billing.timed_work ADD COLUMN wanted_by text;
