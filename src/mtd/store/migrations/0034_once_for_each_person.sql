-- What is of a person is where the person's key opens it, and in no second place: closed envelopes
-- hold no copy of their documents, and what buyers recorded does not say their tax ids.

UPDATE envelope SET sealed = '' WHERE state = 'CLOSED';
COMMENT ON COLUMN envelope.sealed IS
    'the signed bytes, stored before they are sent; empty once it is closed';

UPDATE buyer_event SET by_tax_id = '***';
COMMENT ON COLUMN buyer_event.by_tax_id IS 'masked: the buyer is who the document names';
