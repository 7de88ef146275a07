-- The views that reports and other programs read. The program makes them itself, whenever it is brought up to date and
-- after each rebuild, for they stand on the read models.
CREATE SCHEMA report;

COMMENT ON SCHEMA report IS 'Documented views over the read models; made by the program, read by anybody who may';
