-- The keys under which personal data in events are encrypted: two per customer, and destroying them erases the person.
-- Back this table up apart from the events, and keep those backups only briefly: who has both can read everything.

CREATE TABLE billing.person_keys (
    customer             text COLLATE "C" NOT NULL,
    personal_key         bytea,
    document_key         bytea,
    documents_kept_until date,
    CONSTRAINT person_keys_customer PRIMARY KEY (customer),
    CONSTRAINT person_keys_whole_or_destroyed CHECK (
        personal_key IS NOT NULL AND document_key IS NOT NULL AND documents_kept_until IS NULL
        OR personal_key IS NULL AND (document_key IS NULL OR documents_kept_until IS NOT NULL)
    )
);

COMMENT ON TABLE billing.person_keys IS 'A row without keys says that the customer was forgotten; it is never removed';
COMMENT ON COLUMN billing.person_keys.personal_key IS 'For what is destroyed at once: e-mail, phone, payers';
COMMENT ON COLUMN billing.person_keys.document_key IS 'For what stands on documents: name, address, legal ids';
COMMENT ON COLUMN billing.person_keys.documents_kept_until IS 'The day from which the document key may be destroyed';
