"""Pauses as a worker heeds them: which calls wait, and who goes on when one is lifted."""

from mtd.connectors.contract import Connector
from mtd.core.process.linking import SEPARATOR
from mtd.runtime.hands.intent import Intent
from mtd.store.engine.worker import Worker
from mtd.store.operations.pauses import WAKE_MAX, Pause, paused, wake

LOOK_S = 1.0
"""How often a worker looks at what is paused."""
HELD_S = 3600.0
"""A call that is held looks by itself after so long: lifting the pause wakes it before."""
WAKING_LOOKS = 3
"""After a change, whoever was just about to wait is woken by one of the next looks."""
WAKING_EVERY = 30
"""And at every so many looks, whoever was forgotten."""


class Pauses:
    """What is paused, as this worker last saw it."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._open: dict[tuple[int, str, str, str], Pause] = {}
        self._ids: frozenset[str] = frozenset()
        self._looks = 0
        self._waking = WAKING_LOOKS

    def is_open(self, id_: str) -> bool:
        """Whether this pause was not lifted yet."""
        return id_ in self._ids

    def over(self, intent: Intent, connector: Connector) -> Pause | None:
        """The pause that a call is held by; None: it may be made."""
        if not self._open:
            return None
        process, element = place(intent.process, intent.element)
        keys = [("step", process, element), ("counterpart", "", connector.legacy)]
        country, _, rest = intent.business_key.partition("/")
        store, _, rest = rest.partition("/")
        channel, found, _ = rest.partition("/")
        if country and found:
            keys += [("store", "", store), ("channel", "", channel)]
        held = (self._open.get((intent.tenant, *key)) for key in keys)
        return next((pause for pause in held if pause is not None), None)

    def holds(self, tenant: int, counterpart: str) -> bool:
        """Whether nothing may be sent to this system at all."""
        return (tenant, "counterpart", "", counterpart) in self._open

    async def look(self) -> bool:
        """Look again; whether anything was paused or lifted since."""
        found = await paused(self._worker)
        before, self._ids = self._ids, frozenset(pause.id for pause in found)
        self._open = {(one.tenant, one.kind, one.process, one.name): one for one in found}
        if changed := before != self._ids:
            self._waking = WAKING_LOOKS
        return changed

    async def wake(self) -> None:
        """Have those go on whose pause is over, a look or two after it was lifted."""
        self._looks += 1
        if not self._waking and self._looks % WAKING_EVERY:
            return
        self._waking = max(0, self._waking - 1)
        if await wake(self._worker) >= WAKE_MAX:
            self._waking = WAKING_LOOKS


def place(process: str, element: str) -> tuple[str, str]:
    """Which process an element belongs to, and its id there: a called one's is `name@3:id`."""
    called, found, id_ = element.rpartition(SEPARATOR)
    return (called.rpartition("@")[0], id_) if found else (process, element)
