-- The key of the hashes by which a repeated command or row of a file is known again. Without a key, whoever reads a hash
-- could try names until one fits. Back it up with the keys of persons: without it a repetition is refused.

CREATE TABLE billing.content_key (
    key      bytea NOT NULL CHECK (length(key) = 32),
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one)
);

INSERT INTO billing.content_key (key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

COMMENT ON COLUMN billing.commands.content_hash IS 'HMAC-SHA-256; empty if a person it concerned was forgotten';
