"""Feeding: generated order files put into the intake folder, and their trouble arranged."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mtd.runtime.rehearsal.orders.trouble import Arrival, Trouble, deposit
from mtd.runtime.rehearsal.town import Town

OUTAGE_S = 6.0
"""How long the tax document issuer is down."""
TOGETHER = 50
"""Files written before others may run."""

SCRIPTS: dict[Trouble, tuple[str, dict[str, Any]]] = {
    Trouble.GIFT_CARD_DECLINED: ("giftcard", {"fault": "declined", "operation": "redeem"}),
    Trouble.STOCKOUT: ("eom", {"fault": "stockout", "operation": "reserve"}),
    Trouble.DTE_TIMEOUT_ISSUED: (
        "paperless",
        {"fault": "timeout_after", "operation": "issue/sale"},
    ),
    Trouble.DTE_ISSUER_DOWN: (
        "paperless",
        {"fault": "error", "operation": "issue/sale", "times": 4},
    ),
}
"""What each system is told of an order that is to have this trouble."""


AUTHORITY: dict[Trouble, list[tuple[str, dict[str, Any]]]] = {
    Trouble.DTE_TIMEOUT_ISSUED: [("sii_upload", {"fault": "lost_reply", "operation": "upload"})],
    Trouble.DTE_ISSUER_DOWN: [("sii_upload", {"fault": "error", "operation": "upload"})],
}
"""And the tax authority, which knows no orders: one upload suffers for each such order."""


async def arrange(town: Town, arrivals: Sequence[Arrival]) -> None:
    """Tell the simulated systems which orders they are to trouble, and how."""
    scripts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.trouble is not None and arrival.trouble in SCRIPTS:
            system, script = SCRIPTS[arrival.trouble]
            scripts[system].append({**script, "order": arrival.order_key})
        for system, script in AUTHORITY.get(arrival.trouble, ()) if arrival.trouble else ():
            scripts[system].append(script)
    for system, script in scripts.items():
        await town.tell(system, {"script": script})


async def feed(folder: Path, arrivals: Iterable[Arrival]) -> int:
    """Put the files into the intake folder, each whole when it appears; how many."""
    count = 0
    for arrival in arrivals:
        deposit(arrival, folder)
        count += 1
        if count % TOGETHER == 0:
            await asyncio.sleep(0)
    return count
