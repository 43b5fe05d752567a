"""A course: how far one instance is counted, and how its tokens and its order stand by that."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import msgspec

from mtd.core.orders.states import FINAL

Instance = tuple[int, str]
"""A tenant's instance."""


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """What never changes of an order."""

    country: str
    store: str
    channel: str
    document: str
    currency: str
    amount: Decimal
    received_at: datetime
    promised_at: datetime | None


class Standing(msgspec.Struct, frozen=True):
    """Where a token stands."""

    definition: str
    element: str
    since: datetime
    due_at: datetime | None
    """When the task that it waits for is due."""


class Course:
    """How far an instance is counted, in the making: what the tables say, and what came of it."""

    __slots__ = (
        "_known_open", "_known_tokens", "awaited", "carrier", "definition", "ended_at", "instance",
        "reached", "sale", "seq", "services", "state", "tenant", "tokens",
    )  # fmt: skip

    def __init__(
        self, at: Instance, seq: int, definition: str, sale: Sale | None, state: str | None
    ) -> None:
        self.tenant, self.instance = at
        self.seq = seq
        """The last row that was counted."""
        self.definition = definition
        """That it follows at that row."""
        self.sale = sale
        """None: it is no order."""
        self.state = state
        """Where the order stands by its row; None: it is no order."""
        self.carrier = ""
        self.reached: set[str] = set()
        """The states in which the order was counted."""
        self.ended_at: datetime | None = None
        self.awaited = False
        """It is not known yet whether the promise of its dispatch is kept."""
        self.tokens: dict[int, Standing] = {}
        self.services: dict[tuple[str, str], str] = {}
        """What elements of a definition were seen to call."""
        self._known_tokens: dict[int, Standing] = {}
        self._known_open: tuple[bool, str] | None = None

    @property
    def at(self) -> Instance:
        """Whose it is."""
        return self.tenant, self.instance

    def stand(self, token: int, where: Standing) -> None:
        """A token is here from now on."""
        self.tokens[token] = where

    def lift(self, token: int) -> None:
        """A token is nowhere any more."""
        del self.tokens[token]

    def know(self, tokens: Mapping[int, Standing], open_: tuple[bool, str] | None) -> None:
        """What the tables say of it; of an order that is not over: is it awaited, and its state."""
        self.tokens, self._known_tokens = dict(tokens), dict(tokens)
        self._known_open = open_
        self.awaited = open_ is not None and open_[0]

    @property
    def open(self) -> tuple[bool, str] | None:
        """Of an order that is not over: whether its promise is awaited, and its state.

        Its row may be ahead of what is counted: until that says what became of the promise, it
        is not over.
        """
        is_final = self.state in FINAL and not self.awaited
        if self.state is None or self.ended_at is not None or is_final:
            return None
        return self.awaited, self.state

    def lifted(self) -> list[int]:
        """Tokens that do not stand where the tables say."""
        known = self._known_tokens
        return [one for one, where in known.items() if self.tokens.get(one) != where]

    def stood(self) -> list[tuple[int, Standing]]:
        """Tokens of which the tables do not say where they stand."""
        known = self._known_tokens
        return [(one, where) for one, where in self.tokens.items() if known.get(one) != where]

    @property
    def is_news(self) -> bool:
        """Whether the tables say something else of it as an order that is not over."""
        return self.open != self._known_open
