-- How customers sign in to their own pages. No secret stands here as it is: of links and sessions only the SHA-256 of
-- 32 random bytes, of passwords the argon2id hash. All of a customer goes when the customer is forgotten.
CREATE TABLE billing.own_sessions (
    id          text COLLATE "C" PRIMARY KEY,
    customer    text COLLATE "C" NOT NULL,
    secret_hash text NOT NULL,
    opened_at   timestamptz NOT NULL,
    used_at     timestamptz NOT NULL,
    source      text NOT NULL,
    operator    text COLLATE "C" NOT NULL
);

CREATE INDEX own_sessions_customer ON billing.own_sessions (customer);

COMMENT ON COLUMN billing.own_sessions.operator IS 'Who looks at the customer''s pages and changes nothing; else empty';

-- A row goes as soon as its link is used.
CREATE TABLE billing.sign_in_links (
    id          text COLLATE "C" PRIMARY KEY,
    customer    text COLLATE "C" NOT NULL,
    secret_hash text NOT NULL,
    made_at     timestamptz NOT NULL
);

CREATE TABLE billing.customer_passwords (
    customer      text COLLATE "C" PRIMARY KEY,
    password_hash text NOT NULL
);
