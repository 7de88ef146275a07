-- A payment is received once, whatever becomes of the rows of claims: the log itself refuses its id a second time.
-- The id is read by a function, because only a function may promise that the bytes are always read as UTF-8.

CREATE FUNCTION billing.payment_id(state bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    fact json := convert_from(state, 'UTF8');
BEGIN
    RETURN (fact ->> 'source') || ':' || (fact ->> 'reference');
END $$;

CREATE UNIQUE INDEX events_payment ON billing.events (billing.payment_id(state))
WHERE topic LIKE 'payment-received/%';
