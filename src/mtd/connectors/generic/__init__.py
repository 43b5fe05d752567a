"""Any issuer of tax documents that speaks JSON: its requests and answers are settings, no code.

What is sent, what an answer means and what is read from it are FEEL expressions of the customer's
file (docs/tax-documents.md). The provider numbers, builds and sends in one call; whoever may have
called before asks first, and the same key goes with every call of one step.
"""

from mtd.connectors.generic.issuing import Asked, Issued, find, issue
from mtd.connectors.generic.settings import Options
from mtd.connectors.generic.steps import CONNECTORS

__all__ = ["CONNECTORS", "Asked", "Issued", "Options", "find", "issue"]
