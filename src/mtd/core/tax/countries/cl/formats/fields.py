"""The field table's language: which field, how long, of which kind, owed by which document."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from enum import Enum

from msgspec import Struct

from mtd.core.rut import plain_rut
from mtd.core.tax.issuing import FiscalFault, Part

DAY_MIN = date(2000, 1, 1)
DAY_MAX = date(2050, 12, 31)
"""SiiTypes_v10.xsd, FechaType."""


class Owed(Enum):
    """The obligation codes (Formato DTE v2.2 p. 9)."""

    NEVER = "0"
    ALWAYS = "1"
    CONDITIONALLY = "2"
    OPTIONALLY = "3"


class Kind(Enum):
    """What a value is made of."""

    TEXT = "text"
    COUNT = "a positive whole number"
    PESOS = "a whole number, not negative"
    SIGNED = "a whole number"
    DECIMAL = "a number"
    PERCENT = "a percentage"
    DAY = "a day (YYYY-MM-DD)"
    MOMENT = "a moment (YYYY-MM-DDThh:mm:ss)"
    TIME = "a time (hh:mm:ss)"
    RUT = "a RUT with its check digit"
    GROUP = "a group"


class Field(Struct, frozen=True, kw_only=True):
    """One row of the format: a value, or a group of rows."""

    tag: str
    cite: str
    """Where the authority says so: field and page of the format, or the schema."""
    codes: str
    """One obligation code for each type of the table's columns."""
    kind: Kind = Kind.TEXT
    length: int = 0
    """Characters of a text, figures of a number; figures before the point of a decimal."""
    decimals: int = 0
    values: frozenset[str] = frozenset()
    """The only values it may have; any when empty."""
    repeats: int = 1
    numbered: bool = False
    """True of a group that is a line: faults in it name its line."""
    fields: tuple["Field", ...] = ()


class Spec(Struct, frozen=True):
    """A row as one type of document sees it; made once, when the table is read."""

    field: Field
    owed: Owed
    position: int
    inner: Mapping[str, "Spec"]
    required: tuple[str, ...]


def specs(fields: Sequence[Field], column: int) -> dict[str, Spec]:
    """The rows by tag, in order, with the obligations of one column."""
    found: dict[str, Spec] = {}
    for position, field in enumerate(fields):
        inner = specs(field.fields, column)
        owed = Owed(field.codes[column])
        found[field.tag] = Spec(field, owed, position, inner, required(inner))
    return found


def lengths(fields: Iterable[Field]) -> dict[str, int]:
    """The most characters of each text, by tag; no tag has two lengths."""
    found: dict[str, int] = {}
    for field in fields:
        found.update(lengths(field.fields))
        if field.kind is Kind.TEXT:
            found[field.tag] = field.length
    return found


def required(rows: Mapping[str, Spec]) -> tuple[str, ...]:
    """The tags that must be there."""
    return tuple(tag for tag, spec in rows.items() if spec.owed is Owed.ALWAYS)


def faults_of(
    parts: Sequence[Part], rows: Mapping[str, Spec], path: str = "", line: int | None = None
) -> Iterator[FiscalFault]:
    """Every way in which the parts of one group differ from the table."""
    counts: dict[str, int] = {}
    furthest = 0
    for part in parts:
        where = f"{path}{part.name}"
        spec = rows.get(part.name)
        if spec is None:
            yield FiscalFault(where, "is no field of this document", line)
            continue
        if spec.position < furthest:
            yield FiscalFault(where, "is out of order", line)
        furthest = max(furthest, spec.position)
        count = counts[part.name] = counts.get(part.name, 0) + 1
        here = count if spec.field.numbered else line
        if count == spec.field.repeats + 1:
            yield FiscalFault(where, f"is there more than {_times(spec.field.repeats)}", here)
        yield from _part_faults(part, spec, where, here)
    for tag in required(rows):
        if tag not in counts:
            yield FiscalFault(f"{path}{tag}", "is missing", line)


def _part_faults(part: Part, spec: Spec, where: str, line: int | None) -> Iterator[FiscalFault]:
    if spec.owed is Owed.NEVER:
        yield FiscalFault(where, f"does not belong in this document ({spec.field.cite})", line)
    elif spec.field.kind is Kind.GROUP:
        # The header is everybody's: its name would say nothing.
        inside = "" if part.name == "Encabezado" else f"{where}/"
        yield from faults_of(part.parts, spec.inner, inside, line)
    elif (
        not part.parts
        and spec.field.kind is Kind.TEXT
        and spec.owed is not Owed.ALWAYS
        and not part.text.strip()
    ):
        return  # the schemas let a text be empty: it says as much as an absent one
    elif part.parts:
        yield FiscalFault(where, "holds elements, where a value belongs", line)
    elif wrong := value_fault(part.text, spec.field):
        yield FiscalFault(where, wrong, line)


def value_fault(text: str, field: Field) -> str | None:
    """What is wrong with one value; None when nothing is."""
    if not text.strip():
        return "is empty"
    if not _SHAPES[field.kind](text, field):
        size = _sized(field)
        return f"is {_shown(text)}, not {field.kind.value}{size} ({field.cite})"
    if field.kind is Kind.TEXT and len(text) > field.length:
        return f"has {len(text)} characters; at most {field.length} are allowed ({field.cite})"
    if field.values and text not in field.values:
        allowed = ", ".join(sorted(field.values))
        return f"is {_shown(text)}, not one of {allowed} ({field.cite})"
    return None


_WHOLE = re.compile(r"[0-9]+")
_SIGNED = re.compile(r"-?[0-9]+")
_DECIMAL = re.compile(r"([0-9]+)(?:\.([0-9]+))?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}")


def _is_text(text: str, _field: Field) -> bool:
    return all(" " <= c <= "\u007e" or "\u00a0" <= c <= "\u00ff" or c in "\t\r\n" for c in text)


def _is_count(text: str, field: Field) -> bool:
    return _is_pesos(text, field) and int(text) > 0


def _is_pesos(text: str, field: Field) -> bool:
    return len(text) <= field.length and _WHOLE.fullmatch(text) is not None


def _is_signed(text: str, field: Field) -> bool:
    return len(text.lstrip("-")) <= field.length and _SIGNED.fullmatch(text) is not None


def _is_decimal(text: str, field: Field) -> bool:
    found = _DECIMAL.fullmatch(text)
    if not found:
        return False
    fits = len(found[1].lstrip("0")) <= field.length and len(found[2] or "") <= field.decimals
    return fits and text.strip("0.") != ""


def _is_percent(text: str, field: Field) -> bool:
    found = _DECIMAL.fullmatch(text)
    return found is not None and len(found[1]) <= field.length and len(found[2] or "") <= 2


def _is_day(text: str, _field: Field) -> bool:
    try:
        return _DAY.fullmatch(text) is not None and DAY_MIN <= date.fromisoformat(text) <= DAY_MAX
    except ValueError:
        return False


def _is_moment(text: str, _field: Field) -> bool:
    try:
        return _MOMENT.fullmatch(text) is not None and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_SHAPES: dict[Kind, Callable[[str, Field], bool]] = {
    Kind.TEXT: _is_text,
    Kind.COUNT: _is_count,
    Kind.PESOS: _is_pesos,
    Kind.SIGNED: _is_signed,
    Kind.DECIMAL: _is_decimal,
    Kind.PERCENT: _is_percent,
    Kind.DAY: _is_day,
    Kind.MOMENT: _is_moment,
    Kind.TIME: lambda text, _: _TIME.fullmatch(text) is not None,
    Kind.RUT: lambda text, _: plain_rut(text) == text,
}

SHOWN_MAX = 40


def _shown(text: str) -> str:
    return repr(text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…")


def _sized(field: Field) -> str:
    if field.kind is Kind.DECIMAL:
        return f" above 0 of up to {field.length} figures and {field.decimals} decimals"
    return f" of up to {field.length} figures" if field.length else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
