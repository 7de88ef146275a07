-- By what a session was opened, so that its owner knows which one it is.
ALTER TABLE billing.sessions ADD COLUMN agent text NOT NULL DEFAULT '';

COMMENT ON COLUMN billing.sessions.agent IS 'The program that opened it, as it named itself';
