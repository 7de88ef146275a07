-- All usage comes by mediation, as rows of `usage_rows`; records that came by parts of batches are no longer kept apart.

DROP TABLE billing.usage_refused;
DROP TABLE billing.usage_records;
