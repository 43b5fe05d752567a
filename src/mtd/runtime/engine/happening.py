"""What a turn handles: what happened to whom, and what came of it."""

import msgspec

from mtd.core.orders.states import OrderStatus
from mtd.core.process.definition import Definition
from mtd.core.process.instance import Instance
from mtd.core.process.journal import Fact
from mtd.core.process.trigger import Trigger
from mtd.runtime.hands.intent import Answer
from mtd.runtime.memory.live import Live
from mtd.runtime.tax.desks import Desk
from mtd.store.engine.turned import Consumed, Turned


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One trigger, and what its turn uses up."""

    trigger: Trigger
    consumed: Consumed | None = None
    """The rows of the door that it came in by."""
    answer: Answer | None = None
    """The attempt that it answers, whose evidence is kept."""
    target: Definition | None = None
    """Of a migration: the version to go on with."""


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """All that happened to one instance since the last turn, in order."""

    live: Live
    happenings: list[Happening]
    doubts: list[Fact] = []
    """Journaled first: calls of which nobody knows whether they were made (`adopting`)."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One instance's part of a turn: who moved, to what, and the rows that say so."""

    live: Live
    happened: Happened
    instance: Instance
    definition: Definition
    """What it runs on from now on."""
    status: OrderStatus | None
    turned: Turned
    desks: tuple[Desk, ...]
    """Of answers whose tax documents are written with it."""
    ignored: int
    """Triggers that answered nothing awaited."""
