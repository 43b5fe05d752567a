"""Navigation: the pages that the side bar leads to, and who sees each."""

import msgspec


class Place(msgspec.Struct, frozen=True):
    """A page in the side bar."""

    key: str
    """Of its name in the catalogues, its drawing, and its count."""
    path: str
    needs: str


PLACES = (
    Place("overview", "/", "overview.see"),
    Place("orders", "/orders", "orders.see"),
    Place("exceptions", "/exceptions", "orders.see"),
    Place("files", "/files", "files.see"),
    Place("tasks", "/tasks", "tasks.see"),
    Place("alerts", "/alerts", "alerts.see"),
    Place("statistics", "/statistics", "statistics.see"),
    Place("processes", "/processes", "processes.see"),
    Place("audit", "/audit", "audit.see"),
    Place("admin", "/admin", "system.see"),
)
