"""Provided: what every page may ask for."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency

from mtd.faces.portal.live import Pulse
from mtd.faces.portal.rendering import Painter
from mtd.runtime.desk.desk import Desk
from mtd.runtime.desk.orders.views import Tallies
from mtd.runtime.desk.people.person import Person
from mtd.runtime.desk.people.vouching import Vouching
from mtd.runtime.desk.processes.gallery import Gallery
from mtd.runtime.desk.sharing import Shared

Asked = Request[Any, Any, State]
Served = NamedDependency[Desk]
"""What people may do."""
Painted = NamedDependency[Painter]
"""Renders."""
Beating = NamedDependency[Pulse]
"""What changes."""
Vouched = NamedDependency[Vouching | None]
"""The way in by a provider of identities; None: there is none."""
Counted = NamedDependency[Tallies]
"""Counts of filters."""
Hung = NamedDependency[Gallery]
"""Drawings as they are to be shown."""
Sharing = NamedDependency[Shared]
"""Figures that many look at."""
Someone = NamedDependency[Person]
"""Who is signed in."""
Filled = NamedDependency[dict[str, Any]]
"""The form that was sent, checked to be ours."""
