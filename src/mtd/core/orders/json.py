"""Orders as canonical JSON: strict reading, one way of writing, and the fingerprint of content."""

import hashlib
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import msgspec

from mtd.core.orders.flaw import Flaw, Unreadability, Unreadable, unreadable
from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.orders.reading import order_of

BODY_MAX_BYTES = 5_000_000
DEPTH_MAX = 64
VALUES_MAX = 200_000
DIGITS_MAX = 38
EXPONENT_MAX = 30
PATH_MAX = 300


def read_json(body: bytes) -> PurchaseOrder | Unreadable:
    """The order in `body`: UTF-8 JSON (RFC 8259) with exactly the fields of `PurchaseOrder`.

    Amounts are JSON numbers and never pass through a float. Refused with the path of the field:
    duplicate keys, unknown and missing fields, NaN and Infinity, numbers of more than 38 digits
    or exponents beyond ±30, NUL, lone surrogates, more than 64 levels or 200,000 values.
    """
    if len(body) > BODY_MAX_BYTES:
        return _unreadable(Unreadability.TOO_LARGE, f"is larger than {BODY_MAX_BYTES:,} bytes")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _unreadable(Unreadability.JSON_INVALID, f"is not UTF-8 (byte {error.start})")
    tree = _tree(text)
    if isinstance(tree, Unreadable):
        return tree
    impurities = [Flaw(field, message) for field, message in _impurities(tree)]
    if impurities:
        return unreadable(Unreadability.JSON_INVALID, impurities)
    order = order_of(tree, strict=True)
    if not isinstance(order, PurchaseOrder):
        return unreadable(Unreadability.JSON_INVALID, order)
    worded = list(_worded_amounts(cast("dict[str, Any]", tree)))
    return unreadable(Unreadability.JSON_INVALID, worded) if worded else order


def write_json(order: PurchaseOrder) -> bytes:
    """The order's canonical JSON: equal orders give equal bytes; amounts are JSON numbers."""
    return _ENCODER.encode(order)


def fingerprint(order: PurchaseOrder) -> str:
    """SHA-256 (hex) of what the order says, whichever format and file it came in."""
    return hashlib.sha256(write_json(order)).hexdigest()


_ENCODER = msgspec.json.Encoder(decimal_format="number", order="deterministic")
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_UNSAFE = re.compile(r"[\x00\ud800-\udfff]")


_Trail = tuple["_Trail", str | int] | None
"""The way from the root to a value, innermost step last; made into words only when needed."""


class _Twice(dict[str, Any]):
    """An object in which a key came twice: the first such key."""

    key: str = ""


class _Beyond(str):
    """The text of a number outside the limits."""

    __slots__ = ()


def _tree(text: str) -> Any:
    beyond = _beyond_limits(text)
    if beyond:
        return _unreadable(Unreadability.JSON_INVALID, beyond)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_Beyond,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        return _unreadable(Unreadability.JSON_INVALID, f"is not JSON: {error.msg} ({where})")


def _beyond_limits(text: str) -> str | None:
    """Why the size of the tree is refused; found before anything is built of it."""
    if text.count(",") + text.count("[") + text.count("{") > VALUES_MAX:
        return f"has more than {VALUES_MAX:,} values"
    depth = 0
    for found in _BRACKETS.finditer(text):
        mark = found[0]
        if mark in ("[", "{"):
            depth += 1
            if depth > DEPTH_MAX:
                return f"is nested deeper than {DEPTH_MAX} levels"
        elif mark in ("]", "}"):
            depth -= 1
    return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    twice = _Twice(members)
    twice.key = next(key for key, _ in pairs if key in seen or seen.add(key))
    return twice


def _integer(digits: str) -> int | _Beyond:
    return int(digits) if len(digits.lstrip("-")) <= DIGITS_MAX else _Beyond(digits)


def _decimal(digits: str) -> Decimal | _Beyond:
    mantissa, _, exponent = digits.lower().partition("e")
    figures = len(mantissa) - mantissa.count("-") - mantissa.count(".")
    within = figures <= DIGITS_MAX and len(exponent) <= DIGITS_MAX
    if within and abs(int(exponent or 0)) <= EXPONENT_MAX:
        return Decimal(digits)
    return _Beyond(digits)


def _impurities(tree: Any) -> Iterator[tuple[str, str]]:
    """Path and words of whatever no field of an order may hold."""
    waiting: list[tuple[_Trail, Any]] = [(None, tree)]
    while waiting:  # bounded by VALUES_MAX
        trail, value = waiting.pop()
        if isinstance(value, dict):
            members = cast("dict[str, Any]", value)
            if isinstance(value, _Twice):
                yield _path((trail, value.key)), "is given twice"
            for key, member in members.items():
                waiting.append(((trail, key), member))
                if _UNSAFE.search(key):
                    yield _path((trail, key)), "has NUL or a lone surrogate in its name"
        elif isinstance(value, list):
            items = cast("list[Any]", value)
            waiting.extend(((trail, i), item) for i, item in enumerate(items))
        elif isinstance(value, _Beyond):
            limits = f"{DIGITS_MAX} digits, exponents to ±{EXPONENT_MAX}"
            yield _path(trail), f"is a number beyond the limits ({limits})"
        elif isinstance(value, str) and _UNSAFE.search(value):
            yield _path(trail), "contains NUL or a lone surrogate"


def _worded_amounts(tree: dict[str, Any]) -> Iterator[Flaw]:
    """Amounts given as text: numbers belong there, so that "1_0" or " 7" never become money."""
    parts = [("totals", tree["totals"], tuple(tree["totals"]))]
    parts += [(f"lines[{i}]", x, _LINE_NUMBERS) for i, x in enumerate(tree["lines"])]
    parts += [(f"payments[{i}]", x, ("amount",)) for i, x in enumerate(tree["payments"])]
    for path, part, names in parts:
        for name in names:
            if isinstance(part.get(name), str):
                yield Flaw(f"{path}.{name}", "must be a JSON number, not text")


_LINE_NUMBERS = ("quantity", "unit_price", "discount")


def _path(trail: _Trail) -> str:
    """The trail as `lines[0].sku`, bounded, and printable whatever the keys were."""
    path = ""
    while trail is not None:  # bounded by DEPTH_MAX
        trail, step = trail
        here = f"[{step}]" if isinstance(step, int) else f".{step[:PATH_MAX]}"
        path = (here + path)[:PATH_MAX]
    return path.lstrip(".").encode("ascii", "backslashreplace").decode().replace("\0", "\\x00")


def _unreadable(code: Unreadability, message: str) -> Unreadable:
    return Unreadable(code, (Flaw("", message),))
