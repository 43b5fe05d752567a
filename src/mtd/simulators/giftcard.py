"""The gift-card system: authorise, redeem, reverse, balance."""

from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from mtd.simulators.rest import Context, Operation, RestDesk, positive, say_malformed
from mtd.simulators.system import Reply, System, applied, refused, told, unchanged
from mtd.simulators.world import World

CARDS_MAX = 20
BALANCE = Decimal(5_000_000)
"""On every card that nobody has set a balance for."""

Name = Annotated[str, Meta(min_length=1, max_length=255)]


class Share(msgspec.Struct, frozen=True):
    """What one card pays."""

    number: Name
    amount: Decimal

    def __post_init__(self) -> None:
        positive(amount=self.amount)


class Paying(msgspec.Struct, frozen=True):
    """All cards of an order, taken together or not at all."""

    order_id: Name
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    cards: Annotated[list[Share], Meta(min_length=1, max_length=CARDS_MAX)]


class Reversing(msgspec.Struct, frozen=True):
    """Give back whatever this order has taken or held."""

    order_id: Name


class Looking(msgspec.Struct, frozen=True):
    """How much is left on a card."""

    number: Name


class GiftCards:
    """The balances, and what each order has taken."""

    def __init__(self, world: World) -> None:
        self._default = world.option("balance", Decimal, BALANCE)
        self._balances: dict[str, Decimal] = {}
        self._held: dict[str, list[Share]] = {}
        self._redeemed: dict[str, list[Share]] = {}

    def authorise(self, body: Paying, context: Context) -> Reply:
        """Hold the amounts; `redeem` takes them."""
        no = self._no(body, context)
        if no is not None:
            return no
        self._take(self._held, body)
        return applied({"authorization_id": f"GA-{context.key}", "state": "AUTHORIZED"})

    def redeem(self, body: Paying, context: Context) -> Reply:
        """Take the amounts, those held for this order first given free."""
        self._give_back(self._held, body.order_id)
        no = self._no(body, context)
        if no is not None:
            return no
        self._take(self._redeemed, body)
        answer = {"redemption_id": f"GR-{context.key}", "state": "CAPTURED"}
        return applied(answer, undoes=("authorise",))

    def reverse(self, body: Reversing, context: Context) -> Reply:
        """Give back everything of this order; nothing to give back is no error."""
        held = self._give_back(self._held, body.order_id)
        redeemed = self._give_back(self._redeemed, body.order_id)
        answer = {"reversed": held + redeemed, "reversal_id": f"GV-{context.key}"}
        if not held + redeemed:
            return unchanged(answer)
        return applied(answer, undoes=("authorise", "redeem"))

    def balance(self, body: Looking, _context: Context) -> Reply:
        """What is left."""
        return told({"number": body.number, "balance": self._left(body.number)})

    def _no(self, body: Paying, context: Context) -> Reply | None:
        if context.verdict == "declined":
            return refused(402, "GIFTCARD_DECLINED", "the card cannot be used")
        for card in body.cards:
            needed = sum(other.amount for other in body.cards if other.number == card.number)
            if self._left(card.number) < needed:
                return refused(402, "GIFTCARD_DECLINED", "the balance is not enough")
        return None

    def _left(self, number: str) -> Decimal:
        return self._balances.get(number, self._default)

    def _take(self, place: dict[str, list[Share]], body: Paying) -> None:
        for card in body.cards:
            self._balances[card.number] = self._left(card.number) - card.amount
        place.setdefault(body.order_id, []).extend(body.cards)

    def _give_back(self, place: dict[str, list[Share]], order: str) -> Decimal:
        cards = place.pop(order, [])
        for card in cards:
            self._balances[card.number] = self._left(card.number) + card.amount
        return sum((card.amount for card in cards), Decimal(0))


def giftcard(world: World) -> System:
    """The gift-card system."""
    cards = GiftCards(world)
    desk = RestDesk(
        {
            ("POST", "/authorizations"): Operation(
                name="authorise", shape=Paying, act=cards.authorise
            ),
            ("POST", "/redemptions"): Operation(name="redeem", shape=Paying, act=cards.redeem),
            ("POST", "/reversals"): Operation(name="reverse", shape=Reversing, act=cards.reverse),
            ("GET", "/balance"): Operation(
                name="balance", shape=Looking, act=cards.balance, keyed=False
            ),
        }
    )
    return System(
        name="giftcard",
        median_ms=60,
        p99_ms=400,
        shares={"error": 0.003},
        verdicts=frozenset({"declined"}),
        read=desk.read,
        malformed=say_malformed,
    )
