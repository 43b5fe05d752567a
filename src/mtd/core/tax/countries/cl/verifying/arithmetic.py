"""Whether a document's amounts follow from its lines, as fields 107 to 125 have them."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from mtd.core.tax.countries.cl.parts import inside, named, value, whole
from mtd.core.tax.countries.cl.pesos import half_up, net_of_gross, share, tax_of_net, times
from mtd.core.tax.issuing import FiscalFault, Part

SLACK = 1
"""Pesos by which a rounded figure may differ: issuers round halves, and prices, differently."""

PERCENT_MAX = 100

BOLETAS = ("39", "41")
EXEMPT = ("34", "41")
RETAINED = frozenset({"15", "30", "31", "32", "33", "34", "36", "37", "38", "39", "41", "46", "47"})
"""Taxes withheld from the issuer, which lower the total (Formato DTE v2.2, §4)."""

Totals = Sequence[Part]


class LineSums(Struct, frozen=True):
    """Sums of the lines, after the document's own discounts and surcharges."""

    taxed: int
    exempt: int
    not_billed: int
    deposits: int
    percents: int
    """How many of the moves are percentages, each of which was rounded once."""


def totals_faults(type_code: str, parts: Sequence[Part]) -> tuple[FiscalFault, ...]:
    """Every amount that does not follow from the others."""
    totals = inside(parts, "Encabezado", "Totales")
    if _corrects_text(parts):
        return tuple(_text_only(totals))
    return (
        *_line_faults(parts),
        *_base_faults(type_code, parts, totals),
        *_sum_faults(type_code, totals),
    )


def _line_faults(parts: Sequence[Part]) -> Iterator[FiscalFault]:
    for number, line in enumerate(named(parts, "Detalle"), start=1):
        stated = whole(line.parts, "MontoItem")
        quantity, price = (_decimal(value(line.parts, tag)) for tag in ("QtyItem", "PrcItem"))
        if value(line.parts, "IndExe") in ("4", "5"):
            if stated:
                message = f"is {stated}, where an item that is not sold has 0"
                yield FiscalFault("Detalle/MontoItem", message, number)
        elif quantity is not None and price is not None:
            discount, surcharge = (
                whole(line.parts, tag) for tag in ("DescuentoMonto", "RecargoMonto")
            )
            due = half_up(times(quantity, price)) - discount + surcharge
            if abs(stated - due) > SLACK:
                message = f"is {stated}, but quantity and price make {due}"
                yield FiscalFault("Detalle/MontoItem", message, number)


def _base_faults(type_code: str, parts: Sequence[Part], totals: Totals) -> Iterator[FiscalFault]:
    bases = _bases(type_code, parts)
    net, exempt, tax = (whole(totals, tag) for tag in ("MntNeto", "MntExe", "IVA"))
    slack = SLACK + bases.percents
    if abs(exempt - bases.exempt) > bases.percents and _stated(type_code, totals, "MntExe"):
        yield FiscalFault("Totales/MntExe", f"is {exempt}, but its lines make {bases.exempt}")
    if whole(totals, "MontoNF") != bases.not_billed:
        yield FiscalFault("Totales/MontoNF", f"differs from its lines' {bases.not_billed}")
    header = inside(parts, "Encabezado", "IdDoc")
    gross = bool(value(header, "MntBruto"))
    if type_code in BOLETAS and not value(header, "IndMntNeto"):
        gross = True
        yield from _paid_faults(totals, bases)
    if not _stated(type_code, totals, "MntNeto"):
        return
    rate = _decimal(value(totals, "TasaIVA")) or Decimal(19)
    if not 0 <= rate <= PERCENT_MAX:
        yield FiscalFault("Totales/TasaIVA", f"is {rate} %, which no rate of the IVA is")
        return
    if gross:
        due = net_of_gross(max(bases.taxed, 0), rate)
    else:
        due, slack = bases.taxed, bases.percents
    if abs(net - due) > slack:
        yield FiscalFault("Totales/MntNeto", f"is {net}, but its lines make {due}")
    if abs(tax - tax_of_net(net, rate)) > SLACK:
        due = tax_of_net(net, rate)
        yield FiscalFault("Totales/IVA", f"is {tax}, but the net at {rate} % bears {due}")


def _paid_faults(totals: Totals, bases: LineSums) -> Iterator[FiscalFault]:
    """A boleta's lines hold the tax: together they are what was paid."""
    total, due = whole(totals, "MntTotal"), bases.taxed + bases.exempt
    if abs(total - due) > bases.percents:
        yield FiscalFault("Totales/MntTotal", f"is {total}, but its lines make {due}")


def _sum_faults(type_code: str, totals: Totals) -> Iterator[FiscalFault]:
    """MntTotal, field 124: to the peso."""
    due = sum(whole(totals, tag) for tag in ("MntNeto", "MntExe", "IVA", "GrntDep"))
    due -= whole(totals, "CredEC")
    for added in named(totals, "ImptoReten"):
        sign = -1 if value(added.parts, "TipoImp") in RETAINED else 1
        due += sign * whole(added.parts, "MontoImp")
    for group in named(totals, "Comisiones"):
        due -= sum(whole(group.parts, tag) for tag in ("ValComNeto", "ValComExe", "ValComIVA"))
    total = whole(totals, "MntTotal")
    if type_code == "52" and not _stated(type_code, totals, "MntNeto"):
        return  # a guide need not say what its total is made of (fields 107 to 112)
    if total != due:
        yield FiscalFault("Totales/MntTotal", f"is {total}, but its parts make {due}")


def _bases(type_code: str, parts: Sequence[Part]) -> LineSums:
    """By IndExe: none is taxed, 1 exempt, 2 and 6 not billed, 3 a deposit, 4 and 5 not sold."""
    sums: dict[str, int] = dict.fromkeys(("", "1", "2", "3", "4", "5", "6"), 0)
    for line in named(parts, "Detalle"):
        mark = value(line.parts, "IndExe")
        mark = "1" if type_code in EXEMPT and mark == "" else mark
        if mark in sums:
            sums[mark] += whole(line.parts, "MontoItem")
    moved = dict(sums)
    percents = 0
    for move in named(parts, "DscRcgGlobal"):
        mark = value(move.parts, "IndExeDR")
        mark = "1" if type_code in EXEMPT and mark == "" else mark
        figure = _decimal(value(move.parts, "ValorDR")) or Decimal(0)
        percent = value(move.parts, "TpoValor") == "%"
        percents += percent
        amount = share(max(sums.get(mark, 0), 0), figure) if percent else half_up(figure)
        moved[mark] = moved.get(mark, 0) + (
            -amount if value(move.parts, "TpoMov") == "D" else amount
        )
    return LineSums(moved[""], moved["1"], moved["2"] - moved["6"], moved["3"], percents)


def _stated(type_code: str, totals: Totals, tag: str) -> bool:
    """Whether the figure must follow: a guide may leave it out."""
    return type_code != "52" or value(totals, tag) != ""


def _text_only(totals: Totals) -> Iterator[FiscalFault]:
    total = whole(totals, "MntTotal")
    if total:
        yield FiscalFault("Totales/MntTotal", f"is {total}, but CodRef 2 corrects text only")


def _corrects_text(parts: Sequence[Part]) -> bool:
    codes = [value(each.parts, "CodRef") for each in named(parts, "Referencia")]
    notes = value(parts, "Encabezado", "IdDoc", "TipoDTE") in ("56", "61")
    return notes and "2" in codes


def _decimal(text: str) -> Decimal | None:
    """The number, when it is written as the schemas have it: no exponent, which has no bounds."""
    return Decimal(text) if _PLAIN.fullmatch(text) else None


_PLAIN = re.compile(r"\s*-?[0-9]{1,18}(?:\.[0-9]{1,18})?\s*")
