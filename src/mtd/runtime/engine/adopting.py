"""Adopting: outstanding calls that somebody else, or something broken, may have made already.

What may be done about them is the connector's to say (`contract.Repeat`). It is journaled
before anything else happens, so that a second adopter knows no less.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from mtd.connectors.contract import Connector, Repeat
from mtd.connectors.settings import LegacySettings
from mtd.core.process.effect import Call
from mtd.core.process.journal import Fact, Tried
from mtd.core.process.outcome import InDoubt
from mtd.core.process.trigger import Answered
from mtd.runtime.engine.happening import Happened, Happening
from mtd.runtime.memory.live import Live, is_stuck


class Adopting:
    """Knows how each service may be repeated, and how long an attempt may still be under way."""

    def __init__(
        self, connectors: Mapping[str, Connector], legacy: Mapping[str, LegacySettings]
    ) -> None:
        self._connectors = connectors
        self._legacy = legacy

    def doubted(self, live: Live, now: datetime) -> Happened:
        """The outstanding calls of `live`, taken for made.

        *By key*: sent again. *Queryable*: asked after first, once the longest attempt that may
        be under way is over. *Never*: a person decides.
        """
        doubts: list[Fact] = []
        answers: list[Happening] = []
        for wait in live.instance.waits.values():
            call = wait.effect
            if not isinstance(call, Call) or wait.id in live.flying:
                continue
            if is_stuck(live.instance, wait.id):
                continue
            connector = self._connectors.get(call.service)
            match connector.repeat if connector is not None else Repeat.LOCAL:
                case Repeat.LOCAL | Repeat.TRANSACTIONAL:
                    pass
                case Repeat.NEVER:
                    outcome = InDoubt("whoever had the call in hand is gone; it may have been made")
                    trigger = Answered(at=now, wait=wait.id, outcome=outcome)
                    answers.append(Happening(trigger=trigger))
                case repeat:
                    not_before = call.not_before
                    if repeat is Repeat.QUERYABLE and connector is not None:
                        not_before = now + self._attempt_max(connector.legacy)
                    doubts.append(Tried(wait.id, _as_sent(call, not_before)))
        return Happened(live=live, happenings=answers, doubts=doubts)

    def _attempt_max(self, legacy: str) -> timedelta:
        settings = self._legacy.get(legacy)
        return timedelta(seconds=settings.timeout_s if settings is not None else 0.0)


def _as_sent(call: Call, not_before: datetime | None) -> Call:
    return msgspec.structs.replace(call, not_before=not_before, sent_before=True)
