"""Remedying: the bulk action that may put right what an alert is about, previewed."""

from mtd.runtime.alerts import handling
from mtd.runtime.alerts.rules import Author
from mtd.runtime.bulk import acting
from mtd.runtime.bulk.acting import Shown
from mtd.runtime.bulk.asked import Wish
from mtd.runtime.operations.operations import Conflict, Operations

RATE_PER_S = 20.0


async def remedy(operations: Operations, id_: str, by: Author) -> Shown:
    """A bulk action over what the alert is about now: its scope is fixed, nothing is done yet.

    Raises NotFound, Conflict: the alert has none, or nothing is left of what it is about.
    """
    alert = (await handling.shown(operations.app, operations.tenant, id_)).alert
    wanted = alert.content.remedy
    if wanted is None:
        raise Conflict("no bulk action puts that right")
    name = f"{alert.title} {alert.scope}".strip()
    wish = Wish(
        name=name[:200],
        action=wanted.action,
        actor=by.actor,
        reason=by.reason,
        filter=wanted.filter,
        rate_per_s=RATE_PER_S,
    )
    shown = await acting.preview(operations, wish)
    done = Author(actor=by.actor, reason=f"{wanted.action}: {shown.bulk.id}", origin=by.origin)
    await handling.comment(operations.app, operations.tenant, id_, done)
    return shown
