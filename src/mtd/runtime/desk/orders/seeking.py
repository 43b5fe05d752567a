"""Seeking: what a filter of orders means at this moment, by days of the customer's clock."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mtd.core.orders.purchase_order import Channel
from mtd.core.orders.states import FINAL
from mtd.core.process.compiler.timing import after
from mtd.runtime.counts.usual import usual
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.filters import LATE, LIVE, NONE, BadFilter, Filter, day, hour
from mtd.runtime.desk.people.person import Person
from mtd.store.counts import figures
from mtd.store.ids import least_id
from mtd.store.orders import promised
from mtd.store.orders.board import FIRST, LAST, Narrowed, Sought, Stuck
from mtd.store.orders.promised import Place, Settled
from mtd.store.sessions import Connection

HOUR = timedelta(hours=1)
COUNTED_LATELY = timedelta(seconds=10)
"""How far what is counted of the journal may lag for lists to go by it."""
LONG_AGO, FAR_OFF = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
"""No promise was due before, and none will be after; days of any clock lie between."""


def sought(desk: Desk, person: Person, asked: Filter) -> Sought:
    """What is asked of orders, whatever else: by their own rows."""
    zone = desk.zone
    late = asked.kind == LATE
    over = tuple(FINAL) if asked.kind in (LIVE, LATE) else ()
    since, until = of_hour(asked.hour, desk.app.clock.now(), zone) if asked.hour else (FIRST, LAST)
    return Sought(
        states=asked.states or None,
        finals=(*over, *asked.states_out) or None,
        stores=narrowed(person, asked.stores),
        stores_out=asked.stores_out or None,
        channels=_channels(asked),
        documents=asked.documents or None,
        late=desk.app.clock.now() if late else None,
        above=max(_bound(day("from", asked.since), zone) if asked.since else FIRST, since),
        below=min(
            _bound(day("to", asked.until) + timedelta(days=1), zone) if asked.until else LAST, until
        ),
    )


async def only_open(desk: Desk, connection: Connection, asked: Filter) -> bool:
    """Whether the orders that are not over, as they are counted, are all that may be found.

    Where nobody counts, or lags behind, the orders themselves are looked through.
    """
    states = set(asked.states)
    if asked.documents:
        return False
    if asked.kind not in (LIVE, LATE) and (not states or states & FINAL):
        return False
    read_at = await figures.read_at(connection)
    return read_at is not None and desk.app.clock.now() - read_at < COUNTED_LATELY


async def narrow(desk: Desk, connection: Connection, asked: Filter) -> Narrowed:
    """What is asked of orders that are not over, as it stands at this moment."""
    now = desk.app.clock.now()
    kinds = await usual(connection, desk.tenant, now, None) if asked.promise else []
    since, until = _due(desk, asked)
    return Narrowed(
        now=now,
        risk=after(now, desk.app.at_risk()),
        standing=asked.promise or None,
        due_since=since,
        due_until=until,
        carriers=_carriers(asked),
        system=asked.system or None,
        usual=tuple(kinds),
        of_cause=asked.of_cause,
        cause=stuck(asked),
    )


async def settled(
    desk: Desk, connection: Connection, asked: Filter, below: str | None, above: str | None
) -> Settled:
    """What is asked of settled promises: those due before order `below`'s, or after `above`'s.

    Raises BadFilter for an order whose promise is not settled.
    """
    since, until = _due(desk, asked)
    over, under = (since or LONG_AGO, FIRST), (until or FAR_OFF, FIRST)
    if below is not None:
        under = min(under, await _place(desk, connection, "below", below))
    if above is not None:
        over = max(over, await _place(desk, connection, "above", above))
    return Settled(
        became=asked.promise,
        over=over,
        under=under,
        carriers=_carriers(asked),
        system=asked.system or None,
        of_cause=asked.of_cause,
        cause=stuck(asked),
    )


def narrowed(person: Person, stores: Sequence[str]) -> tuple[str, ...] | None:
    """The stores that a filter may look at: those asked for, as far as the person sees them."""
    if not stores:
        return person.stores
    return tuple(store for store in stores if person.sees(store))


def stuck(asked: Filter) -> Stuck:
    """What is asked of an order's open incident."""
    return Stuck(
        code=asked.code or None,
        element=asked.element or None,
        codes_out=asked.codes_out or None,
        elements_out=asked.elements_out or None,
    )


async def _place(desk: Desk, connection: Connection, name: str, order: str) -> Place:
    due = await promised.due(connection, desk.tenant, order)
    if due is None:
        raise BadFilter(f"{name}: {order}")
    return due, order


def _due(desk: Desk, asked: Filter) -> tuple[datetime | None, datetime | None]:
    """From when, and until before when, promises are to be due; None: whenever."""
    last = day("due_to", asked.due_until) + timedelta(days=1) if asked.due_until else None
    return (
        _start(day("due_from", asked.due_since), desk.zone) if asked.due_since else None,
        _start(last, desk.zone) if last else None,
    )


def _carriers(asked: Filter) -> tuple[str, ...] | None:
    return tuple("" if one == NONE else one for one in asked.carriers) or None


def _channels(asked: Filter) -> tuple[str, ...] | None:
    """The channels that are asked for, without those that are left out."""
    if not asked.channels_out:
        return asked.channels or None
    wanted = asked.channels or tuple(channel.value for channel in Channel)
    return tuple(one for one in wanted if one not in asked.channels_out)


def _start(first: date, zone: tzinfo) -> datetime:
    return datetime.combine(first, time(), zone)


def _bound(first: date, zone: tzinfo) -> str:
    """The least id of an order that was received on that day or later."""
    return least_id(_start(first, zone))


def of_hour(text: str, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """The ids between which orders lie that were received in an hour.

    An hour that a change from summer time repeats is both, as the counts by hours of the day are.
    """
    began = hour(text)
    if began is None:
        return least_id(now - HOUR), LAST
    since, until = (began.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return least_id(since), least_id(until + HOUR)
