"""Amounts that do not follow from each other, of documents that other issuers could have made."""

from decimal import Decimal

import pytest

from mtd.core.tax.countries.cl.parts import group, leaf
from mtd.core.tax.countries.cl.planning import numbered
from mtd.core.tax.countries.cl.verifying.arithmetic import totals_faults
from mtd.core.tax.issuing import Part
from mtd.core.tax.request import Allowance
from tests.core.tax.countries.cl.asking import EVERY_TYPE, invoice, line, planned, receipt


def _document(code: str, totals: dict[str, int], *rest: Part) -> tuple[Part, ...]:
    header = group(
        "Encabezado",
        (
            group("IdDoc", (leaf("TipoDTE", code),)),
            group("Totales", (leaf(tag, pesos) for tag, pesos in totals.items())),
        ),
    )
    return (header, *rest)


def _line(amount: int, mark: int | None = None) -> Part:
    marked = (leaf("IndExe", mark),) if mark else ()
    return group("Detalle", (*marked, leaf("MontoItem", amount)))


def _faults(code: str, totals: dict[str, int], *rest: Part) -> list[str]:
    return [str(fault) for fault in totals_faults(code, _document(code, totals, *rest))]


@pytest.mark.parametrize("code", EVERY_TYPE)
def test_our_own_documents_add_up(code: str) -> None:
    assert totals_faults(code, numbered(planned(EVERY_TYPE[code]).content, 1)) == ()


@pytest.mark.parametrize("gross", range(1, 200))
def test_our_own_roundings_add_up(gross: int) -> None:
    off = (Allowance(percent=Decimal(7)),)
    for asked in (invoice(line(gross * 7), allowances=off), receipt(line(gross), line(3, "0.5"))):
        plan = planned(asked)
        assert totals_faults(plan.type_code, plan.content) == ()


@pytest.mark.parametrize(
    ("code", "totals", "lines", "faults"),
    [
        ("33", {"MntNeto": 100, "TasaIVA": 19, "IVA": 19, "MntTotal": 119}, [_line(100)], []),
        (
            "33",
            {"MntNeto": 100, "TasaIVA": 19, "IVA": 19, "MntTotal": 120},
            [_line(100)],
            ["Totales/MntTotal: is 120, but its parts make 119"],
        ),
        (
            "33",
            {"MntNeto": 100, "TasaIVA": 19, "IVA": 22, "MntTotal": 122},
            [_line(100)],
            ["Totales/IVA: is 22, but the net at 19 % bears 19"],
        ),
        (
            "33",
            {"MntNeto": 100, "TasaIVA": 19, "IVA": 19, "MntTotal": 119},
            [_line(90)],
            ["Totales/MntNeto: is 100, but its lines make 90"],
        ),
        (
            "33",
            {"MntNeto": 100, "MntExe": 5, "TasaIVA": 19, "IVA": 19, "MntTotal": 124},
            [_line(100), _line(4, 1)],
            ["Totales/MntExe: is 5, but its lines make 4"],
        ),
        ("33", {"MntTotal": 0, "MontoNF": 7}, [_line(9, 2), _line(2, 6)], []),
        (
            "39",
            {"MntNeto": 101, "IVA": 18, "MntTotal": 119},
            [_line(119)],
            [],
        ),
        (
            "39",
            {"MntNeto": 101, "IVA": 19, "MntTotal": 120},
            [_line(119)],
            ["Totales/MntTotal: is 120, but its lines make 119"],
        ),
        (
            "39",
            {"MntNeto": 110, "IVA": 21, "MntTotal": 131},
            [_line(119)],
            [
                "Totales/MntTotal: is 131, but its lines make 119",
                "Totales/MntNeto: is 110, but its lines make 100",
            ],
        ),
        ("41", {"MntExe": 5, "MntTotal": 5}, [_line(5)], []),
        ("52", {"MntTotal": 0}, [_line(0)], []),
    ],
)
def test_what_does_not_follow(
    code: str, totals: dict[str, int], lines: list[Part], faults: list[str]
) -> None:
    assert _faults(code, totals, *lines) == faults


def test_a_line_follows_from_quantity_and_price() -> None:
    wrong = group("Detalle", (leaf("QtyItem", 3), leaf("PrcItem", "33.5"), leaf("MontoItem", 90)))
    assert _faults("41", {"MntExe": 90, "MntTotal": 90}, wrong) == [
        "Detalle/MontoItem, line 1: is 90, but quantity and price make 101"
    ]


def test_a_note_that_corrects_text_has_no_amount() -> None:
    reference = group("Referencia", (leaf("CodRef", 2),))
    assert _faults("61", {"MntTotal": 1}, reference) == [
        "Totales/MntTotal: is 1, but CodRef 2 corrects text only"
    ]
