"""Short words for the rows of the format's tables."""

from mtd.core.tax.countries.cl.formats.fields import Field, Kind


def row(
    tag: str,
    cite: str,
    codes: str,
    kind: Kind = Kind.TEXT,
    length: int = 0,
    decimals: int = 0,
    *,
    values: str = "",
    repeats: int = 1,
) -> Field:
    """A field; `values` are the only ones allowed, divided by spaces."""
    return Field(
        tag=tag,
        cite=_cited(cite),
        codes=codes,
        kind=kind,
        length=length,
        decimals=decimals,
        values=frozenset(values.split()),
        repeats=repeats,
    )


def group(
    tag: str, cite: str, codes: str, *fields: Field, repeats: int = 1, numbered: bool = False
) -> Field:
    """A group of fields, in order."""
    return Field(
        tag=tag,
        cite=_cited(cite),
        codes=codes,
        kind=Kind.GROUP,
        repeats=repeats,
        numbered=numbered,
        fields=fields,
    )


def pesos(tag: str, cite: str, codes: str, kind: Kind = Kind.PESOS) -> Field:
    """An amount of 18 figures."""
    return row(tag, cite, codes, kind, 18)


def digits(first: int, last: int) -> str:
    """The values first to last."""
    return " ".join(map(str, range(first, last + 1)))


def _cited(cite: str) -> str:
    """`107 p25` is a field and a page of the format; anything else says itself."""
    number, _, page = cite.partition(" p")
    return f"v2.2 field {number}, p. {page}" if page.isdigit() else cite
