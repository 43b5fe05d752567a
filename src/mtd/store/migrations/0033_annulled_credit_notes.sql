-- A debit note annuls a credit note: a state of the credit note's own. Rows that are there were held
-- to fewer states, and need not be looked at again.

ALTER TABLE tax_document DROP CONSTRAINT tax_document_state;
ALTER TABLE tax_document ADD CONSTRAINT tax_document_state CHECK (state IN (
    'DRAFT', 'FOLIO_ASSIGNED', 'SIGNED', 'SENT', 'ACCEPTED', 'ACCEPTED_WITH_OBJECTIONS',
    'REJECTED', 'VOIDED', 'CANCELLED_BY_CREDIT_NOTE', 'CANCELLED_BY_DEBIT_NOTE'
)) NOT VALID;
COMMENT ON COLUMN tax_document.credited IS
    'what notes that were not voided took back of it; of a credit note, what a debit note annulled';
COMMENT ON COLUMN tax_document.refers_folio IS
    'of a note that credits or annuls: the document that it is about';
