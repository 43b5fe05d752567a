"""The SUNAT's services, or those of an OSE that speaks like it: send a document, ask what is held.

One document is one file in one zip, under its own name. The services know no idempotency key, but
a document of one number is taken once: after an unknown end it is asked for, and not sent again.
"""

from mtd.connectors.sunat.asking import find, submit
from mtd.connectors.sunat.settings import Options

__all__ = ["Options", "find", "submit"]
