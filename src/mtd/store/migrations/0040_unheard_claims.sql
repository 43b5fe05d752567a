-- A claim that came when no process heard it any more is a person's to see to.

ALTER TABLE buyer_event ADD COLUMN unheard boolean;
COMMENT ON COLUMN buyer_event.unheard IS
    'a claim that no process awaited when it was read: it begins nothing by itself; null: of before';
CREATE INDEX buyer_event_unheard ON buyer_event (tenant_id, seen_at) WHERE unheard;

-- Whether a note was written since then.
CREATE INDEX tax_document_refers ON tax_document (tenant_id, issuer, refers_type, refers_folio)
    WHERE refers_folio IS NOT NULL;
