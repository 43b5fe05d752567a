"""Who sits at the desk: a person, what they may do, and whose orders they see."""

from datetime import datetime

import msgspec

PERMISSIONS = (
    "overview.see",
    "orders.see",
    "orders.export",
    "orders.retry",
    "orders.correct",
    "orders.cancel",
    "orders.move",
    "personal.see",
    "personal.erase",
    "files.see",
    "files.push",
    "files.return",
    "files.discard",
    "files.approve",
    "tasks.see",
    "tasks.work",
    "tasks.assign",
    "alerts.see",
    "alerts.work",
    "alerts.rules",
    "processes.see",
    "processes.migrate",
    "processes.deploy",
    "processes.approve",
    "views.share",
    "statistics.see",
    "pauses.manage",
    "audit.see",
    "people.manage",
    "clients.manage",
    "system.see",
)
"""All that a role may allow; what no role of a person names is denied."""


class Forbidden(Exception):
    """The person may not do that."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in."""

    id: str
    login: str
    name: str
    roles: tuple[str, ...]
    permissions: frozenset[str]
    stores: tuple[str, ...] | None
    """Whose orders they see; None: all."""
    origin: str
    """The address that the request came from."""
    began_at: datetime
    """When this session began."""
    before: datetime | None
    """When they were last active in an earlier session."""
    renew: bool = False
    """They are to choose a password first."""

    def may(self, permission: str) -> bool:
        """Whether one of their roles allows it."""
        return permission in self.permissions

    def must(self, permission: str) -> None:
        """Raises Forbidden."""
        if not self.may(permission):
            raise Forbidden(permission)

    def must_everywhere(self, permission: str) -> None:
        """For what is of no store: raises Forbidden, also for who sees some stores alone."""
        if self.stores is not None:
            raise Forbidden(permission)
        self.must(permission)

    def sees(self, store: str) -> bool:
        """Whether orders of this store are theirs to see."""
        return self.stores is None or store in self.stores
