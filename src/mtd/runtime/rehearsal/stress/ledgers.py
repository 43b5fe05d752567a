"""The ledgers of the simulated systems, held against what was asked for: nothing lost or twice."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from mtd.runtime.rehearsal.figures import Check
from mtd.runtime.rehearsal.stress.load import SYSTEMS
from mtd.runtime.rehearsal.town import Town
from mtd.store.operations.gauges import Documented

CONFIRMATION = "order_confirmation"
SALE = "issue/sale"
DOCUMENTED = "each sale documented exactly once"
TOLD = 5
"""Examples named in a failed check."""

Entry = Mapping[str, Any]


async def checked(
    town: Town,
    closed: Collection[str],
    ours: Collection[str],
    documents: Sequence[Documented],
) -> list[Check]:
    """What must hold of the ledgers when the orders with these keys came to their end.

    `ours`: those that MTD itself documented, by `documents`; Paperless did the others.
    """
    others = [order for order in closed if order not in ours]
    duplicates = {name: (await town.described(name))["duplicates"] for name in SYSTEMS}
    mails = await town.ledger("mail")
    return [
        no_duplicates(duplicates),
        once("each confirmation mail exactly once", mails, CONFIRMATION, closed),
        *([documented(documents, await held(town), ours)] if ours else ()),
        *([once(DOCUMENTED, await town.ledger("paperless"), SALE, others)] if others else ()),
    ]


def documented(
    documents: Sequence[Documented], held: Sequence[Entry], orders: Collection[str]
) -> Check:
    """Each of `orders` has one document, of its amount, and the authority holds that very one."""
    known = {(one["issuer"], str(one["type"]), int(one["folio"])): one["total"] for one in held}
    counted = Counter(one.key for one in documents)
    missing = [order for order in orders if not counted[order]]
    twice = [order for order, count in counted.items() if count > 1]
    strange = [
        f"{one.key} {one.type_code}-{one.folio}"
        for one in documents
        if not one.exact or known.get((one.issuer, one.type_code, one.folio)) != one.total
    ]
    told = f"{len(documents)} for {len(orders)} orders, {len(held)} with the authority"
    for what, found in (("none", missing), ("more than one", twice), ("not so held", strange)):
        if found:
            told += f"; {what} for {len(found)}: {', '.join(sorted(found)[:TOLD])}"
    return Check(name=DOCUMENTED, passed=not (missing or twice or strange), told=told)


async def held(town: Town) -> list[Entry]:
    """Every document that the simulated authority holds."""
    found: list[Entry] = []
    while page := await town.page("sii", f"documents?after={len(found)}"):
        found += page
    return found


def no_duplicates(duplicates: Mapping[str, int]) -> Check:
    """No system applied an effect while the same one stood."""
    found = {name: count for name, count in duplicates.items() if count}
    told = ", ".join(f"{name} {count}" for name, count in found.items())
    return Check(name="no duplicate effect at any legacy", passed=not found, told=told)


def once(name: str, entries: Sequence[Entry], what: str, orders: Collection[str]) -> Check:
    """Each of `orders` has exactly one effect of `what`: an operation, or a kind of mail."""
    applied = Counter(
        entry["order"] for entry in entries if entry["outcome"] == "applied" and _is(entry, what)
    )
    missing = [order for order in orders if not applied[order]]
    twice = [order for order, count in applied.items() if count > 1]
    told = f"{applied.total()} for {len(orders)} orders"
    if missing:
        told += f"; none for {len(missing)}: {', '.join(sorted(missing)[:TOLD])}"
    if twice:
        told += f"; more than one for {len(twice)}: {', '.join(sorted(twice)[:TOLD])}"
    return Check(name=name, passed=not missing and not twice, told=told)


def _is(entry: Entry, what: str) -> bool:
    return entry["operation"] == what or str(entry.get("subject", "")).split(" ")[0] == what
