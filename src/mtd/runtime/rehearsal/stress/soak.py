"""The documents' soak: every kind of document past every failure, held against the authority.

The oracle is the simulated systems' own books: what the authority holds, what the tills booked,
what the mail provider took. MTD's tables only say what is to be looked for there.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from mtd.core.orders.purchase_order import PurchaseOrder
from mtd.core.tax.document import HELD
from mtd.runtime.app import TENANT, App
from mtd.runtime.clock import elapsed_s
from mtd.runtime.database import persisted
from mtd.runtime.rehearsal.figures import Check, Figure, Report
from mtd.runtime.rehearsal.orders.generator import Mix, generate
from mtd.runtime.rehearsal.stage import Stage
from mtd.runtime.rehearsal.stress.chaos import Kill, delivered, kill_postgres, kill_worker
from mtd.runtime.rehearsal.stress.ledgers import CONFIRMATION, no_duplicates, once
from mtd.runtime.rehearsal.stress.load import FAULTS
from mtd.runtime.rehearsal.stress.standing import no_other_death
from mtd.runtime.rehearsal.town import Town
from mtd.store.arriving.arrival import Accepted
from mtd.store.operations import gauges
from mtd.store.tax import folios, tax_documents
from mtd.store.tax.tax_documents import Booked

LIMIT_S = 900.0
"""What a soak of 20,000 orders may take, and any soak waits at most."""
LOOK_S = 0.5
TOGETHER = 200
"""Orders in one delivery."""
AHEAD = 2_000
"""Orders that may be on their way at once: the others come in as these end."""
TOLD = 5
STORED = (
    *("lost_reply", "half_body", "garbage", "error_after", "stored_late"),
    *("timeout_after", "slow"),
)
UNSTORED = ("error", "reset", "throttle", "page", "denied", "expired_token")
JUDGED = (
    *("schema", "cover", "signature", "rejected", "objected", "expired_caf"),
    *("repeated", "other_data", "stuck"),
)
STATUSES = (*(f"status_{n}" for n in (1, 2, 3, 5, 6, 7, 8, 9, 99)), "status_9_stored")
ANNOUNCED = ("event_late", "event_repeated", "event_swapped")
SHARE = 0.004
"""Of the uploads, each failure; besides it comes once for certain."""
OFTEN = 0.02
"""Of what costs little: of questions, and of the authority's notices."""
SEVEN = frozenset({"33", "34", "39", "41", "52", "56", "61"})
ENOUGH = 500
"""From so many orders on every type and every failure comes to pass."""
MIX = Mix(exempt=0.15)
OUTAGE_S = 3.0
SKEW_S = 15.0
RELEASE_S = 5.0
"""How often whoever is stuck at the authority goes on."""

Identity = tuple[str, str, int]


def town(seed: int) -> dict[str, Any]:
    """A town that answers at once, in which everything goes wrong now and then."""
    uploads = dict.fromkeys((*STORED, *UNSTORED, *JUDGED), SHARE)
    return {
        "seed": seed,
        "latency_scale": 0,
        "time_scale": 1,
        "default_faults": False,
        "systems": {
            "sii": {
                "shares": {
                    **uploads,
                    **dict.fromkeys(STATUSES, SHARE),
                    **dict.fromkeys(ANNOUNCED, OFTEN),
                    "stale": SHARE,
                },
                "delays_s": {"stage": 0.1, "silence": 4.0},
            },
            "sii_upload": {"shares": uploads},
            "sii_api": {"shares": {"error": SHARE, "stale": OFTEN, "expired_token": SHARE}},
            "pos": {"shares": FAULTS},
            "mail": {"shares": FAULTS},
        },
    }


async def scripted(town_: Town) -> None:
    """Every failure comes once for certain, between sound answers."""
    # Tills that close for the night are no failure, and a run in those hours would have no end.
    await town_.tell("pos", {"system": {"open": True}})
    for host, faults in {
        "sii": (*STORED, *UNSTORED, *JUDGED, *STATUSES),
        "sii_upload": (*STORED, *UNSTORED, *JUDGED),
    }.items():
        script = [
            {"fault": each, "operation": "upload"} for fault in faults for each in (fault, "none")
        ]
        await town_.tell(host, {"script": script})


async def soak(stage: Stage, seed: int, count: int, kills: int) -> Report:
    """`count` orders, `kills` deaths among them, and what the authority has in the end."""
    await scripted(stage.town)
    orders = list(generate(seed, count, stage.app.clock.now(), MIX))
    began_s = elapsed_s()
    feeding = asyncio.create_task(_feed(stage.app, orders))
    releasing = asyncio.create_task(_release(stage.town))
    done = await _trouble(stage, seed, kills)
    await feeding
    ended = await _ended(stage.app, count, began_s)
    took_s = elapsed_s() - began_s
    releasing.cancel()
    documents = await _booked(stage.app)
    return Report(
        figures=_figures(count, took_s, documents, done),
        checks=[
            Check(name="every order ended", passed=ended == count, told=f"{ended} of {count}"),
            *([delivered(done, kills)] if kills else []),
            no_other_death(stage.children, sum(kill.what.startswith("worker") for kill in done)),
            *(await _complete(stage.town, documents) if count >= ENOUGH else []),
            *await _audited(stage, orders, documents),
        ],
    )


async def _complete(town_: Town, documents: Sequence[Booked]) -> list[Check]:
    """Nothing that was to be tried was left out."""
    lacking = SEVEN - {one.type_code for one in documents}
    left = {host: (await town_.described(host))["scripted"] for host in ("sii", "sii_upload")}
    return [
        Check(name="all seven types were issued", passed=not lacking, told=_named(lacking)),
        Check(
            name="every failure on the list was suffered",
            passed=not any(left.values()),
            told=", ".join(f"{host}: {count} left" for host, count in left.items() if count),
        ),
    ]


async def _feed(app: App, orders: Sequence[PurchaseOrder]) -> None:
    receiving = await app.receiving()
    for first in range(0, len(orders), TOGETHER):
        while True:
            states = await persisted(lambda: gauges.states(app.store, TENANT))
            if first - states.get("COMPLETED", 0) < AHEAD:
                break
            await asyncio.sleep(LOOK_S)
        batch = [
            receiving.arrival(order, "soak", order.key)
            for order in orders[first : first + TOGETHER]
        ]
        for receipt in await persisted(lambda batch=batch: app.store.deliver(batch)):
            if not isinstance(receipt, Accepted):
                raise RuntimeError(f"the door did not accept an order: {receipt}")


async def _trouble(stage: Stage, seed: int, kills: int) -> list[Kill]:
    """Deaths, an authority that is away, and a clock that is wrong, in turn."""
    chance = Random(seed)  # noqa: S311 the same each time, on purpose
    done: list[Kill] = []
    for n in range(kills):
        await asyncio.sleep(chance.uniform(3.0, 8.0))
        host = ("sii", "sii_upload", "sii_api")[n % 3]
        await stage.town.tell(host, {"outage": {"seconds": OUTAGE_S, "mode": "refuse"}})
        await stage.town.tell("sii", {"system": {"ahead_s": SKEW_S * (1 - n % 3)}})
        done.append(await (kill_postgres(stage) if n % 2 else kill_worker(stage, chance)))
    await stage.town.tell("sii", {"system": {"ahead_s": 0.0}})
    return done


async def _release(town_: Town) -> None:
    while True:
        await asyncio.sleep(RELEASE_S)
        await town_.tell("sii", {"system": {"release": True}})


async def _ended(app: App, count: int, began_s: float) -> int:
    """How many orders ended, once all have or the time is over."""
    while True:
        states = await persisted(lambda: gauges.states(app.store, TENANT))
        ended = states.get("COMPLETED", 0)
        if ended >= count or elapsed_s() - began_s > LIMIT_S:
            return ended
        await asyncio.sleep(LOOK_S)


async def _booked(app: App) -> list[Booked]:
    async with app.store.door(TENANT) as connection:
        return await tax_documents.every(connection, TENANT)


async def _held(town_: Town) -> dict[Identity, dict[str, Any]]:
    """What the authority holds of what was sent to it."""
    held: list[dict[str, Any]] = []
    while page := await town_.page("sii", f"documents?after={len(held)}"):
        held += page
    return {(one["issuer"], one["type"], one["folio"]): one for one in held if not one["foreign"]}


async def _audited(
    stage: Stage, orders: Sequence[PurchaseOrder], documents: Sequence[Booked]
) -> list[Check]:
    held = await _held(stage.town)
    async with stage.app.store.door(TENANT) as connection:
        lost = await folios.unexplained(connection, TENANT)
    keys = [order.key for order in orders]
    duplicates = {
        name: (await stage.town.described(name))["duplicates"] for name in ("pos", "mail")
    }
    return [
        *judged(documents, held, len(orders)),
        Check(name="no gap without a reason", passed=not lost, told=_named(map(str, lost))),
        no_duplicates(duplicates),
        once("each sale at the till exactly once", await stage.town.ledger("pos"), "post", keys),
        once("each mail exactly once", await stage.town.ledger("mail"), CONFIRMATION, keys),
    ]


def judged(
    documents: Sequence[Booked], held: dict[Identity, dict[str, Any]], orders: int
) -> list[Check]:
    """MTD's documents held against the authority's."""
    ours = {_identity(one): one for one in documents if one.state in HELD}
    sales = Counter(one.instance for one in ours.values() if one.is_sale)
    twice = [instance for instance, times in sales.items() if times > 1]
    strangers = [place for place in held if place not in ours]
    missing = [place for place in ours if place not in held]
    wrong = [place for place, one in held.items() if _differs(one, ours.get(place))]
    unlike = [
        _identity(one)
        for one in ours.values()
        if one.is_sale and one.amount is not None and one.total != one.amount
    ]
    used = Counter(map(_identity, documents))
    reused = [place for place, times in used.items() if times > 1]
    open_ = [_identity(one) for one in documents if one.state not in HELD | {"VOIDED"}]
    unsaid = [_identity(one) for one in documents if one.state == "VOIDED" and not one.reason]
    return [
        Check(
            name="each order has exactly one accepted document of its sale",
            passed=len(sales) == orders and not twice,
            told=f"{len(sales)} of {orders}" + _named(twice),
        ),
        Check(
            name="the authority holds what we say it does, and nothing else",
            passed=not strangers and not missing,
            told=f"{len(held)} held" + _named(map(str, [*strangers, *missing])),
        ),
        Check(
            name="no folio was used twice",
            passed=not reused,
            told=_named(map(str, reused)),
        ),
        Check(
            name="totals are equal to the peso",
            passed=not wrong and not unlike,
            told=_named(map(str, [*wrong, *unlike])),
        ),
        Check(
            name="every other document has its end, and says why",
            passed=not open_ and not unsaid,
            told=f"{sum(one.state == 'VOIDED' for one in documents)} voided"
            + _named(map(str, [*open_, *unsaid])),
        ),
    ]


def _figures(
    count: int, took_s: float, documents: Sequence[Booked], done: Sequence[Kill]
) -> list[Figure]:
    types = Counter(one.type_code for one in documents)
    return [
        Figure(name="orders", value=count, unit="orders"),
        Figure(name="from the first to the last end", value=took_s, unit="s", at_most=LIMIT_S),
        Figure(name="orders a second", value=count / took_s, unit="orders/s"),
        *(
            Figure(name=f"documents of type {code}", value=number, unit="")
            for code, number in sorted(types.items())
        ),
        Figure(name="kills", value=len(done), unit=""),
    ]


def _differs(held: dict[str, Any], ours: Booked | None) -> bool:
    return ours is not None and held["total"] != ours.total


def _identity(one: Booked) -> Identity:
    return one.issuer, one.type_code, one.folio


def _named(wrong: Iterable[str]) -> str:
    listed = sorted(wrong)
    return f"; {len(listed)} wrong: {', '.join(listed[:TOLD])}" if listed else ""
