"""`mtd person`: a person whom orders are about is erased."""

import getpass
import sys
from typing import Annotated

import msgspec
import uvloop
from cyclopts import App, Parameter

from mtd.faces.cli.starting import opened, operations_of
from mtd.runtime.desk.erasing import erasing
from mtd.runtime.desk.erasing.erasing import Erasure
from mtd.runtime.desk.people.accounts import By
from mtd.runtime.operations.operations import Conflict, NotFound

person = App(name="person")
CUSTOMER = "default"


@person.command
def erase(
    *,
    order: Annotated[str, Parameter(help="One of the person's orders: id, key or external id.")],
    reason: Annotated[str, Parameter(help="Why, naming nobody; it is kept in the audit.")] = "",
    preview: Annotated[bool, Parameter(help="Only say what would go and what would stay.")] = False,
    json: bool = False,
    customer: str = CUSTOMER,
) -> int:
    """Erase, for ever, the person whom an order is about, in all of the person's orders.

    What the law makes us keep, the signed tax documents, stays until its time is over.
    """
    try:
        told = uvloop.run(_erased(order, reason, customer, preview=preview))
    except (Conflict, NotFound) as error:
        print(f"mtd person: {error}", file=sys.stderr)
        return 1
    print(msgspec.json.encode(told).decode() if json else "\n".join(_lines(told)))
    return 1 if preview and told.running else 0


async def _erased(name: str, reason: str, customer: str, *, preview: bool) -> Erasure:
    by = By(actor=f"{getpass.getuser()} (command line)", reason=reason)
    async with opened(customer) as app:
        operations = await operations_of(app)
        order = await operations.order(name)
        if preview:
            return await erasing.foreseen(app, operations.tenant, order)
        return await erasing.erase(app, operations.tenant, order, by)


def _lines(told: Erasure) -> list[str]:
    would = "erased" if told.done else "would erase"
    lines = [f"{would} what {told.keys} keys open, and {told.files} order files, of:"]
    lines += [f"  {key}" for key in told.orders]
    if told.files_left:
        lines.append(f"{told.files_left} order files lie on another machine: do this there too")
    if told.documents:
        lines.append("kept, as the law wants it:")
        lines += [f"  {one.number} of {one.issuer}, until {one.until}" for one in told.documents]
        lines.append(f"all of it goes by itself on {told.until}")
    if told.elsewhere:
        lines.append("found by the same data, and erased by themselves alone:")
        lines += [f"  {key}" for key in told.elsewhere]
    if told.running:
        lines.append("it cannot be done before these are over:")
        lines += [f"  {one}" for one in told.running]
    return lines
