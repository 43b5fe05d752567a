-- An order is counted once in each state, however often its drawing enters it.

ALTER TABLE counted ADD COLUMN reached text COLLATE "C";
COMMENT ON COLUMN counted.reached IS 'states in which the order was counted already, with spaces between; null: none';
