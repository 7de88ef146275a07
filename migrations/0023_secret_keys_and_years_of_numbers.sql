-- The key by which the secrets of second factors, webhooks and kiosks are encrypted. Back it up with the keys of persons,
-- apart from the rest: who reads the other tables alone can neither sign in nor sign with what stands there.
CREATE TABLE billing.secret_key (
    key      bytea NOT NULL CHECK (length(key) = 32),
    made_at  timestamptz NOT NULL DEFAULT now(),
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one)
);

INSERT INTO billing.secret_key (key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

COMMENT ON COLUMN billing.webhook_secrets.secret IS 'Encrypted with AES-256-GCM; of a webhook whsec_ and 32 random bytes in base64';
COMMENT ON COLUMN billing.second_factors.secret IS 'Encrypted with AES-256-GCM; in base32';

-- Numbers with the year in them begin anew with each year: how many running numbers of the kind all years before that
-- of the last one used up.
ALTER TABLE billing.number_series ADD COLUMN numbers_before_year bigint NOT NULL DEFAULT 0;
