"""The boleta (EnvioBOLETA_v11.xsd of 2024 with NroLinDet up to 1000; Res. Ex. 74/2020)."""

from mtd.core.tax.countries.cl.formats.fields import Field, Kind
from mtd.core.tax.countries.cl.formats.rows import digits, group, pesos, row

# The columns are the types 39 and 41. No format paper of the boleta is public in a version that
# could be read, so every row follows the schema.

_XSD = "EnvioBOLETA_v11.xsd"

LINES_MAX = 1_000

_DOCUMENT = group(
    "IdDoc",
    _XSD,
    "11",
    row("TipoDTE", _XSD, "11", Kind.COUNT, 2),
    row("Folio", _XSD, "11", Kind.COUNT, 10),
    row("FchEmis", _XSD, "11", Kind.DAY),
    row("IndServicio", _XSD, "11", Kind.COUNT, 1, values=digits(1, 4)),
    row("IndMntNeto", _XSD, "30", Kind.COUNT, 1, values="2"),
    row("PeriodoDesde", _XSD, "33", Kind.DAY),
    row("PeriodoHasta", _XSD, "33", Kind.DAY),
    row("FchVenc", _XSD, "33", Kind.DAY),
)

_ISSUER = group(
    "Emisor",
    _XSD,
    "11",
    row("RUTEmisor", _XSD, "11", Kind.RUT),
    row("RznSocEmisor", _XSD, "33", length=100),
    row("GiroEmisor", _XSD, "33", length=80),
    row("CdgSIISucur", _XSD, "33", Kind.COUNT, 9),
    row("DirOrigen", _XSD, "33", length=70),
    row("CmnaOrigen", _XSD, "33", length=20),
    row("CiudadOrigen", _XSD, "33", length=20),
)

_BUYER = group(
    "Receptor",
    _XSD,
    "11",
    row("RUTRecep", _XSD, "11", Kind.RUT),
    row("CdgIntRecep", _XSD, "33", length=20),
    row("RznSocRecep", _XSD, "33", length=100),
    row("Contacto", _XSD, "33", length=80),
    row("DirRecep", _XSD, "33", length=70),
    row("CmnaRecep", _XSD, "33", length=20),
    row("CiudadRecep", _XSD, "33", length=20),
    row("DirPostal", _XSD, "33", length=70),
    row("CmnaPostal", _XSD, "33", length=20),
    row("CiudadPostal", _XSD, "33", length=20),
)

_TOTALS = group(
    "Totales",
    _XSD,
    "11",
    pesos("MntNeto", _XSD, "20"),
    pesos("MntExe", _XSD, "21"),
    pesos("IVA", _XSD, "20"),
    pesos("MntTotal", _XSD, "11"),
    pesos("MontoNF", _XSD, "22", Kind.SIGNED),
    pesos("TotalPeriodo", _XSD, "33", Kind.SIGNED),
    pesos("SaldoAnterior", _XSD, "33", Kind.SIGNED),
    pesos("VlrPagar", _XSD, "33", Kind.SIGNED),
)

_TICKET = group(
    "InfoTicket",
    _XSD,
    "33",
    row("FolioTicket", _XSD, "11", Kind.COUNT, 6),
    row("FchGenera", _XSD, "11", Kind.MOMENT),
    row("NmbEvento", _XSD, "11", length=80),
    row("TpoTicket", _XSD, "11", length=10),
    row("CdgEvento", _XSD, "11", length=5),
    row("FchEvento", _XSD, "11", Kind.MOMENT),
    row("LugarEvento", _XSD, "11", length=80),
    row("UbicEvento", _XSD, "11", length=20),
    row("FilaUbicEvento", _XSD, "33", length=3),
    row("AsntoUbicEvento", _XSD, "33", length=3),
)

_LINE = group(
    "Detalle",
    _XSD,
    "11",
    row("NroLinDet", _XSD, "11", Kind.COUNT, 4),
    group(
        "CdgItem",
        _XSD,
        "33",
        row("TpoCodigo", _XSD, "11", length=10),
        row("VlrCodigo", _XSD, "11", length=35),
        repeats=5,
    ),
    row("IndExe", _XSD, "22", Kind.COUNT, 1, values="1 2 6"),
    row("ItemEspectaculo", _XSD, "33", Kind.COUNT, 2, values="01 02"),
    row("RUTMandante", _XSD, "33", Kind.RUT),
    row("NmbItem", _XSD, "11", length=80),
    _TICKET,
    row("DscItem", _XSD, "33", length=1000),
    row("QtyItem", _XSD, "33", Kind.DECIMAL, 12, 6),
    row("UnmdItem", _XSD, "33", length=4),
    row("PrcItem", _XSD, "33", Kind.DECIMAL, 12, 6),
    row("DescuentoPct", _XSD, "33", Kind.PERCENT, 3, 2),
    pesos("DescuentoMonto", _XSD, "33"),
    row("RecargoPct", _XSD, "33", Kind.PERCENT, 3, 2),
    pesos("RecargoMonto", _XSD, "33"),
    pesos("MontoItem", _XSD, "11"),
    repeats=LINES_MAX,
    numbered=True,
)

_SUBTOTAL = group(
    "SubTotInfo",
    _XSD,
    "33",
    row("NroSTI", _XSD, "11", Kind.COUNT, 2),
    row("GlosaSTI", _XSD, "33", length=80),
    row("OrdenSTI", _XSD, "33", Kind.COUNT, 2),
    row("SubTotNetoSTI", _XSD, "33", Kind.DECIMAL, 16, 2),
    row("SubTotIVASTI", _XSD, "33", Kind.DECIMAL, 16, 2),
    row("SubTotAdicSTI", _XSD, "33", Kind.DECIMAL, 16, 2),
    row("SubTotExeSTI", _XSD, "33", Kind.DECIMAL, 16, 2),
    row("ValSubtotSTI", _XSD, "33", Kind.DECIMAL, 16, 2),
    row("LineasDeta", _XSD, "33", Kind.COUNT, 4, repeats=1_000),
    repeats=20,
    numbered=True,
)

_ALLOWANCE = group(
    "DscRcgGlobal",
    _XSD,
    "22",
    row("NroLinDR", _XSD, "11", Kind.COUNT, 2),
    row("TpoMov", _XSD, "11", length=1, values="D R"),
    row("GlosaDR", _XSD, "33", length=45),
    row("TpoValor", _XSD, "11", length=1, values="$ %"),
    row("ValorDR", _XSD, "11", Kind.DECIMAL, 16, 2),
    row("IndExeDR", _XSD, "22", Kind.COUNT, 1, values="1 2"),
    repeats=20,
    numbered=True,
)

_REFERENCE = group(
    "Referencia",
    _XSD,
    "33",
    row("NroLinRef", _XSD, "11", Kind.COUNT, 2),
    row("TpoDocRef", _XSD, "33", length=3),
    row("FolioRef", _XSD, "33", length=18),
    row("CodRef", _XSD, "33", length=18),
    row("RazonRef", _XSD, "33", length=90),
    row("CodVndor", _XSD, "33", length=8),
    row("CodCaja", _XSD, "33", length=8),
    repeats=40,
    numbered=True,
)

_EMISSION_PLACE = group(
    "GeoRefEmision",
    _XSD,
    "33",
    row("LatitudEmision", _XSD, "11", length=30),
    row("LongitudEmision", _XSD, "11", length=30),
    row("SistemaReferencia", _XSD, "11", Kind.COUNT, 1),
)

BOLETA: tuple[Field, ...] = (
    group(
        "Encabezado",
        _XSD,
        "11",
        _DOCUMENT,
        _ISSUER,
        _BUYER,
        row("RUTProvSW", _XSD, "33", Kind.RUT),
        _TOTALS,
    ),
    _LINE,
    _SUBTOTAL,
    _ALLOWANCE,
    _REFERENCE,
    _EMISSION_PLACE,
)
