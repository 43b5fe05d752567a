"""`verify`: whether a file of tax documents, anybody's, is what it claims to be."""

from mtd.core.tax.countries.cl.verifying.checking import (
    Check,
    Report,
    Schemas,
    Verdict,
    verify,
)

__all__ = ["Check", "Report", "Schemas", "Verdict", "verify"]
