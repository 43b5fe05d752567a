"""The printed representation: PDF on A4 or an 80 mm roll, and HTML for a mail."""

from mtd.core.tax.countries.pe.rendering.page import page
from mtd.core.tax.countries.pe.rendering.paper import letter, ticket
from mtd.core.tax.countries.pe.rendering.printed import Printed, printed

__all__ = ["Printed", "letter", "page", "printed", "ticket"]
