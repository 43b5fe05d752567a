"""Correct and retry: variables put right and what failed tried again, in one step and one record.

Who corrects says what they saw. Where a variable that they change is no longer what they saw,
nothing is done and both are shown: nobody's change is overwritten unseen.
"""

from decimal import Decimal
from typing import Any, cast

import msgspec

from mtd.core.process.instance import ROOT
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.dossier import accepted, still_open
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.reasons import given
from mtd.runtime.operations.changing import stands
from mtd.runtime.operations.operations import Conflict
from mtd.store.orders.orders import Order

TEXT_MAX = 200_000
"""Characters of a correction."""
ABSENT = "—"
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


class Unreadable(Exception):
    """What was filled in is no JSON object; the message says where."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that is to change."""

    name: str
    before: str
    """JSON, or ABSENT."""
    after: str


class Clash(msgspec.Struct, frozen=True, kw_only=True):
    """A variable that somebody else changed meanwhile."""

    name: str
    seen: str
    now: str
    wanted: str


class Clashed(Exception):
    """Nothing was done, because of these."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        super().__init__(", ".join(one.name for one in clashes))
        self.clashes = clashes


async def variables(desk: Desk, order: Order) -> dict[str, Any]:
    """The variables of the order's process as they are now. Raises NotFound: it did not begin."""
    _, instance = await stands(desk.app, desk.tenant, order.id)
    scope = instance.scopes.get(ROOT)
    return {} if scope is None else dict(scope.variables)


def written(values: dict[str, Any]) -> str:
    """Variables as JSON for people."""
    return msgspec.json.format(_ENCODER.encode(values), indent=2).decode()


def read(text: str) -> dict[str, Any]:
    """Variables that somebody filled in. Raises Unreadable."""
    if len(text) > TEXT_MAX:
        raise Unreadable(f"more than {TEXT_MAX} characters")
    try:
        found = _DECODER.decode(text)
    except msgspec.DecodeError as error:
        raise Unreadable(str(error)) from error
    if not isinstance(found, dict):
        raise Unreadable("it is no JSON object")
    return cast("dict[str, Any]", found)


def exactly(values: dict[str, Any]) -> dict[str, Any]:
    """Variables whose numbers were read as floats, with numbers as an order's process has them."""
    return cast("dict[str, Any]", _DECODER.decode(_ENCODER.encode(values)))


def differences(seen: dict[str, Any], wanted: dict[str, Any]) -> list[Difference]:
    """What is to change; a variable that is left out stays as it is."""
    return [
        Difference(name=name, before=_text(seen, name), after=_text(wanted, name))
        for name in sorted(wanted)
        if name not in seen or seen[name] != wanted[name]
    ]


async def correct_and_retry(
    desk: Desk,
    person: Person,
    order: Order,
    incident: int,
    seen: dict[str, Any],
    wanted: dict[str, Any],
    reason: str,
) -> list[Difference]:
    """Set what differs and try again; what differed.

    Raises Forbidden, Clashed, and Conflict: nothing differs, no reason, or it is settled.
    """
    person.must("orders.correct")
    person.must("orders.retry")
    changed = differences(seen, wanted)
    if not changed:
        raise Conflict("nothing was corrected")
    given(reason)
    await still_open(desk, order, incident)
    now = await variables(desk, order)
    clashes = tuple(
        Clash(name=one.name, seen=one.before, now=_text(now, one.name), wanted=one.after)
        for one in changed
        if (one.name in now, now.get(one.name)) != (one.name in seen, seen.get(one.name))
    )
    if clashes:
        raise Clashed(clashes)
    values = {one.name: wanted[one.name] for one in changed}
    before = {one.name: seen.get(one.name) for one in changed}
    await desk.record(person, "order.correct", order.key, reason, before=before, after=values)
    accepted(await desk.operations.retry(order, incident, values, person.login, reason))
    return changed


def _text(values: dict[str, Any], name: str) -> str:
    return _ENCODER.encode(values[name]).decode() if name in values else ABSENT
