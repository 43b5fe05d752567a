"""A tax document provider as many are: JSON, its own words, its own numbers, an authority behind.

It honours idempotency keys or does not (`honours_keys`): where it does not, a document asked for
twice is issued twice, which the ledger shows.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from mtd.simulators.clock import now_s
from mtd.simulators.rest import Context, Operation, RestDesk, positive, say_malformed
from mtd.simulators.system import Asked, Incoming, Malformed, Reply, System, applied, refused, told
from mtd.simulators.world import World

ITEMS_MAX = 500
KINDS = {"FV": "SETP", "POS": "TIQ", "NC": "NCE"}
"""Kinds of document, and the prefix of each one's numbers."""
RATE = Decimal("0.19")
CENT = Decimal("0.01")
DECIDED_S = 2.0
"""How long the authority takes, before `time_scale`."""

Text = Annotated[str, Meta(min_length=1, max_length=255)]


class Item(msgspec.Struct, frozen=True):
    """What is sold, at prices with tax."""

    concept: Text
    amount: Decimal
    price: Decimal
    taxable: bool = True
    rebate: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        positive(amount=self.amount, price=self.price)

    @property
    def total(self) -> Decimal:
        """What the buyer pays for it."""
        return _cents(self.amount * self.price) - self.rebate


class Customer(msgspec.Struct, frozen=True):
    """To whom it is made out."""

    nit: Text
    name: Text


class Filing(msgspec.Struct, frozen=True):
    """A document asked for."""

    kind: Annotated[str, Meta(pattern="^(FV|POS|NC)$")]
    external_reference: Text
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    items: Annotated[list[Item], Meta(min_length=1, max_length=ITEMS_MAX)]
    customer: Customer | None = None
    corrects: str | None = None

    @property
    def order_id(self) -> str:
        """What the ledger knows it by."""
        return self.external_reference


class Looking(msgspec.Struct, frozen=True):
    """Ask for a document by the caller's reference."""

    external_reference: Text
    kind: str = ""

    @property
    def order_id(self) -> str:
        """What the ledger knows it by."""
        return self.external_reference


class Document(msgspec.Struct):
    """A document issued."""

    id: str
    kind: str
    prefix: str
    number: int
    external_reference: str
    total: Decimal
    tax: Decimal
    status: str
    fate: str
    """What the authority will answer."""
    due_s: float


class Invoicer:
    """Issues documents and answers for them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._next = dict.fromkeys(KINDS, world.option("first_number", int, 1))
        self._documents: list[Document] = []
        self._decided_s = world.delay_s("decided", DECIDED_S)

    def issue(self, body: Filing, context: Context) -> Reply:
        """Number, sign and send it; the authority answers later."""
        if context.verdict == "invalid":
            return _no(422, "INVALID", [{"code": "FAD09", "text": "customer"}])
        if context.verdict == "no_numbers":
            return _no(409, "NO_NUMBERS", [{"code": "RANGE", "text": "the range is used up"}])
        if body.kind == "FV" and body.customer is None:
            return _no(422, "INVALID", [{"code": "FAK61", "text": "an invoice names its customer"}])
        if body.kind == "NC" and not self._find(body.corrects or ""):
            return _no(422, "INVALID", [{"code": "CBG03", "text": "corrects: unknown document"}])
        document = self._made(body, context.verdict)
        return applied(_told(document), status=201, subject=body.kind)

    def find(self, body: Looking, _context: Context) -> Reply:
        """Every document of the reference, the newest first."""
        self._decide()
        found = [
            _told(each)
            for each in reversed(self._documents)
            if each.external_reference == body.external_reference and body.kind in ("", each.kind)
        ]
        return told({"results": found, "count": len(found)})

    def _made(self, body: Filing, verdict: str | None) -> Document:
        total = sum((item.total for item in body.items), Decimal(0))
        taxed = sum((item.total for item in body.items if item.taxable), Decimal(0))
        if verdict == "wrong_total":
            total += 1
        number = self._next[body.kind]
        self._next[body.kind] = number + 1
        fates = {"rejected": "REJECTED", "remarked": "ACCEPTED_WITH_REMARKS"}
        document = Document(
            id=self._world.new_id("DOC"),
            kind=body.kind,
            prefix=KINDS[body.kind],
            number=number,
            external_reference=body.external_reference,
            total=total,
            tax=taxed - _cents(taxed / (1 + RATE)),
            status="SENT",
            fate=fates.get(verdict or "", "ACCEPTED"),
            due_s=now_s() + self._decided_s,
        )
        self._documents.append(document)
        return document

    def _decide(self) -> None:
        """What the authority has answered meanwhile."""
        for document in self._documents:
            if document.status == "SENT" and document.due_s <= now_s():
                document.status = document.fate

    def _find(self, name: str) -> bool:
        return any(f"{each.prefix}{each.number}" == name for each in self._documents)


def invoicer(world: World) -> System:
    """The provider."""
    desk_of = Invoicer(world)
    honours_keys = world.option("honours_keys", bool, default=True)
    desk = RestDesk(
        {
            ("POST", "/v2/documents"): Operation(
                name="issue", shape=Filing, act=desk_of.issue, keyed=honours_keys
            ),
            ("GET", "/v2/documents"): Operation(
                name="find", shape=Looking, act=desk_of.find, keyed=False
            ),
        }
    )
    account = world.option("account", str, "")

    def read(incoming: Incoming) -> Asked:
        if account and incoming.headers.get("X-Account") != account:
            raise Malformed(403, "X-Account: missing or wrong")
        return desk.read(incoming)

    return System(
        name="invoicer",
        median_ms=250,
        p99_ms=3_000,
        shares={"error": 0.01, "timeout_after": 0.002, "rejected": 0.005},
        verdicts=frozenset({"invalid", "no_numbers", "rejected", "remarked", "wrong_total"}),
        read=read,
        malformed=say_malformed,
    )


def _told(document: Document) -> dict[str, Any]:
    remarked = document.status == "ACCEPTED_WITH_REMARKS"
    return {
        "id": document.id,
        "kind": document.kind,
        "prefix": document.prefix,
        "number": document.number,
        "external_reference": document.external_reference,
        "totals": {"payable": document.total, "tax": document.tax},
        "authority": {
            "status": document.status,
            "notes": [{"code": "FAJ44b", "text": "remark"}] if remarked else [],
        },
        "links": {"pdf": f"https://invoicer.example/{document.id}.pdf"},
        "qr": f"NumFac={document.prefix}{document.number}&ValTol={document.total}",
    }


def _no(status: int, code: str, errors: list[dict[str, str]]) -> Reply:
    return refused(status, code, errors[0]["text"], errors=errors)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
