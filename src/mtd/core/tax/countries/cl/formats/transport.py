"""The transport group: as format v2.2 has it, and with the fields in force since November 2026."""

from datetime import date

from mtd.core.tax.countries.cl.formats.fields import Field, Kind
from mtd.core.tax.countries.cl.formats.rows import group, row

IN_FORCE_2026 = date(2026, 11, 1)
"""Res. Ex. SII 154/2025, postponed to this day by Res. Ex. 52/2026 (format v2.5, February 2026)."""

_SINCE = "Res. Ex. 154/2025 and 52/2026, in force 2026-11-01"

TAGS_2026 = frozenset({"PatenteCarro", "FchSalida", "HraSalida", "FchLlegada"})
"""What no public schema has yet: taken out before a guide is held against one.

The names and their order are those of a public test of another emitter; the resolution's own
text and format v2.5 could not be read, so a certification run must confirm them."""


def since_2026(day: date) -> bool:
    """Whether a guide of `day` must carry the fields of 2026."""
    return day >= IN_FORCE_2026


_CUSTOMS = group(
    "Aduana",
    "74 p20",
    "00200",
    row("CodModVenta", "74 p20", "00300", Kind.COUNT, 2),
    row("CodClauVenta", "75 p21", "00300", Kind.COUNT, 2),
    row("TotClauVenta", "76 p21", "00300", Kind.DECIMAL, 16, 2),
    row("CodViaTransp", "77 p21", "00300", Kind.COUNT, 2),
    row("NombreTransp", "78 p21", "00300", length=40),
    row("RUTCiaTransp", "79 p21", "00300", Kind.RUT),
    row("NomCiaTransp", "80 p21", "00300", length=40),
    row("IdAdicTransp", "81 p21", "00300", length=20),
    row("Booking", "82 p22", "00300", length=20),
    row("Operador", "83 p22", "00300", length=20),
    row("CodPtoEmbarque", "84 p22", "00200", Kind.COUNT, 4),
    row("IdAdicPtoEmb", "85 p22", "00300", length=20),
    row("CodPtoDesemb", "86 p22", "00200", Kind.COUNT, 4),
    row("IdAdicPtoDesemb", "87 p22", "00300", length=20),
    row("Tara", "88 p22", "00300", Kind.COUNT, 7),
    row("CodUnidMedTara", "89 p22", "00200", Kind.COUNT, 2),
    row("PesoBruto", "90 p23", "00200", Kind.DECIMAL, 10, 2),
    row("CodUnidPesoBruto", "91 p23", "00200", Kind.COUNT, 2),
    row("PesoNeto", "92 p23", "00300", Kind.DECIMAL, 10, 2),
    row("CodUnidPesoNeto", "93 p23", "00300", Kind.COUNT, 2),
    row("TotItems", "94 p23", "00300", Kind.COUNT, 18),
    row("TotBultos", "95 p23", "00200", Kind.COUNT, 18),
    group(
        "TipoBultos",
        "96 p23",
        "00200",
        row("CodTpoBultos", "96 p23", "00200", Kind.COUNT, 3),
        row("CantBultos", "97 p23", "00200", Kind.COUNT, 10),
        row("Marcas", "98 p23", "00200", length=255),
        row("IdContainer", "99 p23", "00300", length=25),
        row("Sello", "100 p24", "00300", length=20),
        row("EmisorSello", "101 p24", "00300", length=70),
        repeats=10,
    ),
    row("MntFlete", "102 p24", "00300", Kind.DECIMAL, 14, 4),
    row("MntSeguro", "103 p24", "00300", Kind.DECIMAL, 14, 4),
    row("CodPaisRecep", "104 p24", "00300", Kind.COUNT, 3),
    row("CodPaisDestin", "105 p24", "00300", Kind.COUNT, 3),
)

TRANSPORT = group(
    "Transporte",
    "67 p20",
    "22222",
    row("Patente", "67 p20", "22200", length=8),
    row("RUTTrans", "68 p20", "22200", Kind.RUT),
    group(
        "Chofer",
        "69 p20",
        "22222",
        row("RUTChofer", "69 p20", "11111", Kind.RUT),
        row("NombreChofer", "70 p20", "11111", length=30),
    ),
    row("DirDest", "71 p20", "22233", length=70),
    row("CmnaDest", "72 p20", "22233", length=20),
    row("CiudadDest", "73 p20", "33333", length=20),
    _CUSTOMS,
)
"""Zone A, pp. 20–24. The format asks a guide's CmnaDest always, the schema never: a condition."""


def _owed(tag: str, kind: Kind = Kind.TEXT, length: int = 0, codes: str = "00100") -> Field:
    return row(tag, _SINCE, codes, kind, length)


TRANSPORT_2026 = group(
    "Transporte",
    _SINCE,
    "22122",
    _owed("Patente", length=8),
    _owed("PatenteCarro", length=8, codes="00200"),
    _owed("RUTTrans", Kind.RUT),
    group(
        "Chofer",
        _SINCE,
        "22122",
        _owed("RUTChofer", Kind.RUT, codes="11111"),
        _owed("NombreChofer", length=30, codes="11111"),
    ),
    _owed("DirDest", length=70),
    _owed("CmnaDest", length=20),
    _owed("CiudadDest", length=20, codes="00300"),
    _owed("FchSalida", Kind.DAY),
    _owed("HraSalida", Kind.TIME),
    _owed("FchLlegada", Kind.DAY),
    _CUSTOMS,
)
"""A trailer has a plate only where there is a trailer; all else is owed by every guide."""
