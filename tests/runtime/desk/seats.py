"""Who sits at the desk in tests."""

from datetime import UTC, datetime

from mtd.runtime.desk.people.person import PERMISSIONS, Person


def somebody(login: str, *permissions: str, stores: tuple[str, ...] | None = None) -> Person:
    """Somebody who may do this, or without anything said everything, in these stores or all."""
    return Person(
        id=login,
        login=login,
        name=login,
        roles=(),
        permissions=frozenset(permissions or PERMISSIONS),
        stores=stores,
        origin="127.0.0.1",
        began_at=datetime(2026, 11, 27, tzinfo=UTC),
        before=None,
    )
