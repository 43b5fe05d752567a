"""The printed document: PDF on letter paper or an 80 mm roll, and HTML for a mail."""

from mtd.core.tax.countries.cl.rendering.letter import letter
from mtd.core.tax.countries.cl.rendering.page import page
from mtd.core.tax.countries.cl.rendering.printed import Look, Printed, printed
from mtd.core.tax.countries.cl.rendering.ticket import ticket

__all__ = ["Look", "Printed", "letter", "page", "printed", "ticket"]
