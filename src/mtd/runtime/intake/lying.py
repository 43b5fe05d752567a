"""Lying: the files that are not done with at this moment, as metrics tell them."""

from mtd.runtime.app import App
from mtd.store.operations import census
from mtd.store.operations.census import Intake


async def lying(app: App, tenant: int) -> Intake:
    """How many there are, and since when the oldest is not done with. Raises Unavailable."""
    async with app.store.door(tenant) as connection:
        return await census.intake(connection, tenant)
