-- Less log an order: an instance's row stays on its page when it parks, wakes and ends, and
-- what a turn's proof repeats (one tenant, small numbers) is compressed. Instances stay as told.

ALTER TABLE instance SET (fillfactor = 50);
ALTER TABLE turn ALTER COLUMN tenants SET STORAGE EXTENDED;
ALTER TABLE turn ALTER COLUMN seqs SET STORAGE EXTENDED;
