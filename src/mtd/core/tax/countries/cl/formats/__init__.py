"""The format as tables: each document's fields, their lengths, what obliges them, the source."""

from collections.abc import Iterable
from datetime import date
from itertools import islice

from mtd.core.tax.countries.cl.formats.boleta import BOLETA
from mtd.core.tax.countries.cl.formats.detail import AFTER_HEADER
from mtd.core.tax.countries.cl.formats.fields import Spec, faults_of, lengths, specs
from mtd.core.tax.countries.cl.formats.header import header
from mtd.core.tax.countries.cl.formats.transport import TRANSPORT, TRANSPORT_2026, since_2026
from mtd.core.tax.issuing import FAULTS_MAX, FiscalFault, Part

_INVOICES = ("33", "34", "52", "61", "56")
_BOLETAS = ("39", "41")

_OF_INVOICE = (header(TRANSPORT), *AFTER_HEADER)
_SINCE_2026 = (header(TRANSPORT_2026), *AFTER_HEADER)

_TABLES: dict[str, dict[str, Spec]] = {
    **{code: specs(_OF_INVOICE, column) for column, code in enumerate(_INVOICES)},
    **{code: specs(BOLETA, column) for column, code in enumerate(_BOLETAS)},
}
_DISPATCH_2026 = specs(_SINCE_2026, _INVOICES.index("52"))

TYPE_CODES = frozenset(_TABLES)
"""The types that have a table; others cannot be checked by it."""


LENGTHS: dict[str, dict[str, int]] = {
    **dict.fromkeys(_INVOICES, lengths(_SINCE_2026)),
    **dict.fromkeys(_BOLETAS, lengths(BOLETA)),
}
"""The most characters of each text, by type and tag."""


def format_faults(
    type_code: str, day: date | None, parts: Iterable[Part]
) -> tuple[FiscalFault, ...]:
    """The ways in which a document's parts, up to its references, break its format.

    At most `FAULTS_MAX` of them. `day` is the day of issue: a dispatch guide's fields depend on it.
    """
    table = _TABLES[type_code]
    if type_code == "52" and day is not None and since_2026(day):
        table = _DISPATCH_2026
    return tuple(islice(faults_of(tuple(parts), table), FAULTS_MAX))
