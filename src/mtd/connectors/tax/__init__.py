"""Tax documents: one seam, `TaxDocumentIssuer`, and the providers behind it."""
