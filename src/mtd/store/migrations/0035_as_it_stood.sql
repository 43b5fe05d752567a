-- A document that a credit note took back whole keeps how it stood before, so that it comes back as
-- that when a debit note annuls the note. Of those that are taken back already nobody knows any more
-- whether there were objections; they come back as accepted.

ALTER TABLE tax_document ADD COLUMN stood text COLLATE "C"
    CONSTRAINT tax_document_stood CHECK (stood IN ('ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS'));
COMMENT ON COLUMN tax_document.stood IS 'of one that a note took back: its state before';
