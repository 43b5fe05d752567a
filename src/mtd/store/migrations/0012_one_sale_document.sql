-- A sale has one tax document that counts: whoever would write a second one looks again.

ALTER TABLE tax_document ADD COLUMN is_sale boolean;
COMMENT ON COLUMN tax_document.is_sale IS 'it documents the sale itself: no guide, no note';

CREATE UNIQUE INDEX tax_document_sale ON tax_document (tenant_id, instance_id)
    WHERE is_sale AND state NOT IN ('REJECTED', 'VOIDED', 'CANCELLED_BY_CREDIT_NOTE');
