"""What follows the header of invoices, notes and guides (Formato DTE v2.2, zones B to F)."""

from mtd.core.tax.countries.cl.formats.fields import Field, Kind
from mtd.core.tax.countries.cl.formats.rows import digits, group, pesos, row

# The columns are the types 33, 34, 52, 61 and 56.

LINES_MAX = 60
"""Zone B, p. 31."""
ALLOWANCES_MAX = 20
"""Zone D, p. 39."""
REFERENCES_MAX = 40
"""Zone E, p. 41."""

_LINE = group(
    "Detalle",
    "p. 31",
    "11111",
    row("NroLinDet", "b1 p31", "11111", Kind.COUNT, 2),
    group(
        "CdgItem",
        "b2 p31",
        "33333",
        row("TpoCodigo", "b2 p31", "11111", length=10),
        row("VlrCodigo", "b3 p31", "11111", length=35),
        repeats=5,
    ),
    row("IndExe", "b5 p31", "22322", Kind.COUNT, 1, values=digits(1, 6)),
    group(
        "Retenedor",
        "b6 p32",
        "20322",
        row("IndAgente", "b6 p32", "11111", length=1, values="R"),
        pesos("MntBaseFaena", "b7 p32", "20322"),
        pesos("MntMargComer", "b8 p32", "20322"),
        pesos("PrcConsFinal", "b9 p32", "20322"),
    ),
    row("NmbItem", "b10 p32", "11111", length=80),
    row("DscItem", "b11 p32", "33333", length=1000),
    row("QtyRef", "b12 p33", "23222", Kind.DECIMAL, 12, 6),
    row("UnmdRef", "b13 p33", "23222", length=4),
    row("PrcRef", "b14 p33", "23322", Kind.DECIMAL, 12, 6),
    row("QtyItem", "b15 p33", "23122", Kind.DECIMAL, 12, 6),
    group(
        "Subcantidad",
        "b16 p33",
        "33300",
        row("SubQty", "b16 p33", "11100", Kind.DECIMAL, 12, 6),
        row("SubCod", "b17 p33", "11100", length=35),
        repeats=5,
    ),
    row("FchElabor", "b19 p34", "33300", Kind.DAY),
    row("FchVencim", "b20 p34", "33300", Kind.DAY),
    row("UnmdItem", "b21 p34", "23222", length=4),
    row("PrcItem", "b22 p34", "22222", Kind.DECIMAL, 12, 6),
    group(
        "OtrMnda",
        "b23 p34",
        "33333",
        row("PrcOtrMon", "b23 p34", "11111", Kind.DECIMAL, 12, 6),
        row("Moneda", "b24 p35", "11111", length=3),
        row("FctConv", "b25 p35", "22222", Kind.DECIMAL, 6, 4),
        row("DctoOtrMnda", "b26 p35", "33333", Kind.DECIMAL, 14, 4),
        row("RecargoOtrMnda", "b27 p35", "33333", Kind.DECIMAL, 14, 4),
        row("MontoItemOtrMnda", "b28 p35", "22222", Kind.DECIMAL, 14, 4),
    ),
    row("DescuentoPct", "b29 p35", "33333", Kind.PERCENT, 3, 2),
    pesos("DescuentoMonto", "b30 p35", "22322", Kind.COUNT),
    group(
        "SubDscto",
        "b31 p35",
        "33333",
        row("TipoDscto", "b31 p35", "11111", length=1, values="$ %"),
        row("ValorDscto", "b32 p36", "11111", Kind.DECIMAL, 16, 2),
        repeats=5,
    ),
    row("RecargoPct", "b33 p36", "22333", Kind.PERCENT, 3, 2),
    pesos("RecargoMonto", "b34 p36", "22322", Kind.COUNT),
    group(
        "SubRecargo",
        "b35 p36",
        "33333",
        row("TipoRecargo", "b35 p36", "11111", length=1, values="$ %"),
        row("ValorRecargo", "b36 p36", "11111", Kind.DECIMAL, 16, 2),
        repeats=5,
    ),
    row("CodImpAdic", "b37 p36", "22322", length=6, repeats=2),
    pesos("MontoItem", "b38 p37", "11111"),
    repeats=LINES_MAX,
    numbered=True,
)

_SUBTOTAL = group(
    "SubTotInfo",
    "p. 38",
    "33333",
    row("NroSTI", "c1 p38", "11111", Kind.COUNT, 2),
    row("GlosaSTI", "c2 p38", "11111", length=40),
    row("OrdenSTI", "c3 p38", "33333", Kind.COUNT, 2),
    row("SubTotNetoSTI", "c4 p38", "33333", Kind.DECIMAL, 16, 2),
    row("SubTotIVASTI", "c5 p38", "33333", Kind.DECIMAL, 16, 2),
    row("SubTotAdicSTI", "c6 p38", "33333", Kind.DECIMAL, 16, 2),
    row("SubTotExeSTI", "c7 p38", "33333", Kind.DECIMAL, 16, 2),
    row("ValSubtotSTI", "c8 p38", "33333", Kind.DECIMAL, 16, 2),
    row("LineasDeta", "c9 p38", "33333", Kind.COUNT, 2, repeats=60),
    repeats=20,
    numbered=True,
)

_ALLOWANCE = group(
    "DscRcgGlobal",
    "p. 9",
    "22022",
    row("NroLinDR", "d1 p39", "11111", Kind.COUNT, 2),
    row("TpoMov", "d2 p39", "11111", length=1, values="D R"),
    row("GlosaDR", "d3 p39", "33333", length=45),
    row("TpoValor", "d4 p39", "11111", length=1, values="$ %"),
    row("ValorDR", "d5 p39", "11111", Kind.DECIMAL, 16, 2),
    row("ValorDROtrMnda", "d6 p40", "33333", Kind.DECIMAL, 14, 4),
    row("IndExeDR", "d7 p40", "22222", Kind.COUNT, 1, values="1 2"),
    repeats=ALLOWANCES_MAX,
    numbered=True,
)

_REFERENCE = group(
    "Referencia",
    "p. 9",
    "22211",
    row("NroLinRef", "e1 p41", "11111", Kind.COUNT, 2),
    row("TpoDocRef", "e2 p41", "11111", length=3),
    row("IndGlobal", "e3 p42", "22222", Kind.COUNT, 1, values="1"),
    row("FolioRef", "e4 p42", "11111", length=18),
    row("RUTOtr", "e5 p42", "00022", Kind.RUT),
    row("FchRef", "e7 p42", "11111", Kind.DAY),
    row("CodRef", "e8 p42", "33311", Kind.COUNT, 1, values="1 2 3"),
    row("RazonRef", "e9 p42", "33333", length=90),
    repeats=REFERENCES_MAX,
    numbered=True,
)

_COMMISSION = group(
    "Comisiones",
    "p. 9",
    "00022",
    row("NroLinCom", "f1 p44", "11111", Kind.COUNT, 2),
    row("TipoMovim", "f2 p44", "11111", length=1, values="C O"),
    row("Glosa", "f3 p44", "11111", length=60),
    row("TasaComision", "f4 p44", "33333", Kind.PERCENT, 3, 2),
    pesos("ValComNeto", "f5 p44", "11111"),
    pesos("ValComExe", "f6 p44", "11111"),
    pesos("ValComIVA", "f7 p44", "22222"),
    repeats=20,
    numbered=True,
)

_EMISSION_PLACE = group(
    "GeoRefEmision",
    "DTE_v10.xsd",
    "33333",
    row("LatitudEmision", "DTE_v10.xsd", "11111", length=30),
    row("LongitudEmision", "DTE_v10.xsd", "11111", length=30),
    row("SistemaReferencia", "DTE_v10.xsd", "11111", Kind.COUNT, 1),
)

_TIMBER = group(
    "ManejoMadera",
    "DTE_v10.xsd",
    "33333",
    row("ComunaRolOrigen", "DTE_v10.xsd", "11111", Kind.COUNT, 6),
    row("MnzRolOrigen", "DTE_v10.xsd", "11111", Kind.COUNT, 6),
    row("PrdRolOrigen", "DTE_v10.xsd", "11111", Kind.COUNT, 6),
    row("CodPlanConaf", "DTE_v10.xsd", "11111", length=40),
    row("LatitudOrigenMadera", "DTE_v10.xsd", "11111", length=30),
    row("LongitudOrigenMadera", "DTE_v10.xsd", "11111", length=30),
    row("SistemareferenciaMadera", "DTE_v10.xsd", "11111", Kind.COUNT, 1),
)

AFTER_HEADER: tuple[Field, ...] = (
    _LINE,
    _SUBTOTAL,
    _ALLOWANCE,
    _REFERENCE,
    _EMISSION_PLACE,
    _TIMBER,
    _COMMISSION,
)
