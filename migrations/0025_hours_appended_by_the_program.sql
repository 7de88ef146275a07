-- The program itself appends the sums of the rows of usage by the hour, as it writes them.
DROP FUNCTION billing.sum_usage_rows CASCADE;
