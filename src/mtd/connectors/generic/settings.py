"""What a JSON provider must be told: its operations, as FEEL over the request and the answer."""

from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from mtd.core.decision.feel import Expression, FeelSyntaxError, compile_expression
from mtd.core.tax.request import FiscalKind

RULES_MAX = 50
"""Rules of one operation's answers."""
EXPRESSIONS_KEPT = 1_024


class Meaning(StrEnum):
    """What an answer says of the document."""

    ACCEPTED = "accepted"
    OBJECTED = "accepted_with_objections"
    PENDING = "pending"
    """Issued; the authority has not answered yet."""
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    """Nothing was issued, and the same may be sent again."""
    NOT_FOUND = "not_found"
    """The provider has no such document."""
    UNKNOWN = "unknown"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reading of an answer: the first whose `when` is true counts.

    All but `state` and `fixable` are FEEL over `status` (HTTP), `body` and what the operation saw.
    """

    when: str
    state: Meaning
    fixable: bool = False
    """Of a rejection: nothing was stored, so it is corrected and sent again."""
    series: str | None = None
    number: str | None = None
    reference: str | None = None
    """The provider's own name of the document, for asking after it."""
    total: str | None = None
    """What the provider says that the document comes to: held against the request."""
    codes: str | None = None
    """One code or a list of them."""
    message: str | None = None
    verification: str | None = None
    """What the printed document shows to be checked by."""
    url: str | None = None
    """Where the printed document is read, and `xml_url` where the signed one is."""
    xml_url: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an expression that is none."""
        for name in ("when", *READ):
            _check(name, getattr(self, name))


READ = (
    *("series", "number", "reference", "total", "codes", "message", "verification"),
    *("url", "xml_url"),
)
"""What a rule may read from an answer."""


class Operation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One call of the provider; every text but `method` is FEEL over what the call is about."""

    method: Annotated[str, Meta(pattern="^(GET|POST|PUT)$")] = "POST"
    path: str
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    body: str | None = None
    """A context or list; entries that are null are left out."""
    answers: Annotated[list[Rule], Meta(min_length=1, max_length=RULES_MAX)]

    def __post_init__(self) -> None:
        """Raises ValueError for an expression that is none."""
        _check("path", self.path)
        _check("body", self.body)
        for place, texts in (("query", self.query), ("headers", self.headers)):
            for name, text in texts.items():
                _check(f"{place}.{name}", text)


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[legacy.<name>.options]` of a provider."""

    issue: Operation
    find: Operation | None = None
    """By the key, or by what the request says of the order; None: it cannot be asked."""
    honours_keys: bool = False
    """The same key and bytes get the first answer again: it need not be asked first."""
    kinds: list[FiscalKind]
    authority: str = ""
    """Who authorises its numbers, such as `DIAN`."""
    document_types: dict[FiscalKind, int | str] = {}
    """The country's own code of each kind, as drawings are told it."""
    causes: dict[str, Literal["SCHEMA", "NO_FOLIO", "SIGNATURE", "BUYER_DATA"]] = {}
    """What the provider's codes of a refusal mean to a drawing; SCHEMA where none is named."""
    constants: dict[str, Any] = {}
    """What else the expressions may use, as `constants`: accounts, branches, codes."""

    def __post_init__(self) -> None:
        """Raises ValueError where a doubt could never be settled."""
        if self.find is None and not self.honours_keys:
            raise ValueError("find: needed, unless the provider honours keys")
        if self.find is not None and self.find.method != "GET" and not self.honours_keys:
            raise ValueError("find.method: must be GET, which changes nothing")


@lru_cache(EXPRESSIONS_KEPT)
def compiled(text: str) -> Expression:
    """The expression of a text that the settings have been checked for."""
    return compile_expression(text)


def _check(place: str, text: str | None) -> None:
    if text is None:
        return
    try:
        compiled(text)
    except FeelSyntaxError as error:
        raise ValueError(f"{place}: {error}") from error
