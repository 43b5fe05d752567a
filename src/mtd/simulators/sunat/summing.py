"""Whether a document's sums hold, as the SUNAT computes them: a sol of tolerance in each."""

from collections.abc import Iterator
from decimal import Decimal

from mtd.simulators.sunat.filed import NAMESPACES, Filed, Node, amount, counted, lines_of, text

TOLERANCE = Decimal(1)
"""A sol either way, in every sum (rules 3271 to 3294)."""
RATE = Decimal("0.18")


def line_faults(filed: Filed) -> Iterator[str]:
    """Codes of what is wrong with a line's figures."""
    numbers = [text(line, "cbc:ID") for line in lines_of(filed)]
    if not numbers or len(set(numbers)) != len(numbers):
        yield "2752"
    for line in lines_of(filed):
        if not text(line, "cac:Item/cbc:Description"):
            yield "2027"
        quantity = amount(line, f"cbc:{counted(filed)}")
        value = amount(line, "cbc:LineExtensionAmount")
        price = amount(line, "cac:Price/cbc:PriceAmount")
        base = amount(line, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxableAmount")
        tax = amount(line, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")
        percent = amount(line, "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent")
        figures = (quantity, value, price, base, tax, percent)
        if any(figure is None or figure < 0 for figure in figures) or not quantity:
            yield "2024"
            continue
        yield from _line_sums(line, *(figure or Decimal(0) for figure in figures))


def _line_sums(
    line: Node,
    quantity: Decimal,
    value: Decimal,
    price: Decimal,
    base: Decimal,
    tax: Decimal,
    percent: Decimal,
) -> Iterator[str]:
    scheme = text(line, "cac:TaxTotal/cac:TaxSubtotal//cac:TaxScheme/cbc:ID")
    if scheme == "9996":
        shown = "cac:PricingReference/cac:AlternativeConditionPrice/cbc:PriceAmount"
        price = amount(line, shown) or Decimal(0)
    moved = sum(
        (-1 if text(each, "cbc:ChargeIndicator") == "false" else 1)
        * (amount(each, "cbc:Amount") or Decimal(0))
        for each in line.findall("cac:AllowanceCharge", NAMESPACES)
    )
    if abs(quantity * price + moved - value) > TOLERANCE:
        yield "3271"
    if abs(base - value) > Decimal("0.001"):
        yield "3272"
    if abs(base * percent / 100 - tax) > TOLERANCE:
        yield "3103"
    if scheme in ("9997", "9998") and tax:
        yield "3110"


def total_faults(filed: Filed) -> Iterator[str]:
    """Codes of totals that do not follow from the lines."""
    root = filed.root
    sold: dict[str, Decimal] = {}
    for line in lines_of(filed):
        scheme = text(line, "cac:TaxTotal/cac:TaxSubtotal//cac:TaxScheme/cbc:ID")
        value = amount(line, "cbc:LineExtensionAmount") or Decimal(0)
        sold[scheme] = sold.get(scheme, Decimal(0)) + value
    told = {
        text(each, "cac:TaxCategory/cac:TaxScheme/cbc:ID"): each
        for each in root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMESPACES)
    }
    tax = amount(told["1000"], "cbc:TaxAmount") or Decimal(0) if "1000" in told else Decimal(0)
    sums = {code: amount(each, "cbc:TaxableAmount") or Decimal(0) for code, each in told.items()}
    value = sum((part for code, part in sold.items() if code != "9996"), Decimal(0))
    monetary = "cac:LegalMonetaryTotal/cbc:"
    total = amount(root, f"{monetary}PayableAmount")
    if sums.keys() != sold.keys() or any(abs(sums[c] - sold[c]) > TOLERANCE for c in sums):
        yield "3277"
    if abs(sold.get("1000", Decimal(0)) * RATE - tax) > TOLERANCE:
        yield "3291"
    if abs((amount(root, "cac:TaxTotal/cbc:TaxAmount") or Decimal(0)) - tax) > TOLERANCE:
        yield "3294"
    if abs((amount(root, f"{monetary}LineExtensionAmount") or Decimal(0)) - value) > TOLERANCE:
        yield "3278"
    if total is None or abs(total - value - tax) > TOLERANCE:
        yield "3280"
