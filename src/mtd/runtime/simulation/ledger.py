"""The ledger: what is remembered of one instance beyond its state, and what its facts show.

I2, that no way out of a parallel gateway sees more tokens than each way in; I3, that nothing is
undone more often than it was done; I10, that a terminate end event leaves nothing; I11, that keys
of effects are given once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from mtd.core.process.definition import Definition, Element
from mtd.core.process.effect import Call
from mtd.core.process.facts import Fact, Left, Opened, Put, Tried
from mtd.core.process.instance import Instance, Token, Wait
from mtd.core.process.trigger import Modified
from mtd.core.process.visiting import visit
from mtd.runtime.simulation.violation import Violation


class Ledger:
    """The books of one instance, from its facts alone."""

    def __init__(self, definition: Definition) -> None:
        self._read(definition)
        self._arrived: Counter[tuple[int, str]] = Counter()
        """Tokens that came to where a flow leads, by each flow that matters, in each scope."""
        self._credit: Counter[tuple[int, str]] = Counter()
        """Tokens that waited at a gateway when the drawing changed, less those taken away there."""
        self._given: Counter[tuple[int, str]] = Counter()
        """Tokens that an operator let begin at a parallel gateway, in each scope."""
        self._visits: Counter[str] = Counter()
        self._keys: set[tuple[str, str]] = set()
        """Element and visit of each call that was given out."""
        self._calls: dict[int, tuple[str, str]] = {}
        """Element and service of each call, by its wait."""
        self._last_wait = 0
        self._renamed: dict[int, str] = {}
        """Tokens that stand elsewhere by a migration alone, and where, while it is booked."""

    def _read(self, definition: Definition) -> None:
        """The tables of a definition."""
        elements = definition.elements.values()
        gateways = [
            one for one in elements if one.kind == "parallelGateway" and one.start_quantity == 1
        ]
        self._went = {way.id: gateway for gateway in gateways for way in gateway.outgoing}
        self._targets = {flow: gateway.id for gateway in gateways for flow in gateway.incoming}
        self._targets |= {way.id: way.target for one in gateways for way in one.outgoing}
        self._gateways = {gateway.id for gateway in gateways}
        self._ends_all = {element.id for element in elements if _ends_all(element)}
        self._undoing = {
            one.compensated_by: one.id for one in elements if one.compensated_by is not None
        }

    def modify(self, change: Modified, before: Instance) -> None:
        """What an operator takes away from a gateway does not go out of it."""
        taken = {source for source, _ in change.moves} | set(change.drops)
        for token in before.tokens.values():
            if token.at in taken & self._gateways:
                self._credit[token.scope, token.via or ""] -= 1

    def follow(self, new: Definition, before: Instance, places: Mapping[str, str]) -> None:
        """From here on the drawing is `new`; whoever waits at a gateway of it has come to it."""
        self._read(new)
        self._visits = Counter({places.get(at, at): n for at, n in self._visits.items()})
        self._arrived.clear()
        self._credit.clear()
        self._given.clear()
        for token in before.tokens.values():
            place = places[token.at]
            if place in self._gateways and not token.counted:
                self._credit[token.scope, token.via or ""] += 1
            if place != token.at:
                self._renamed[token.id] = place

    def take(self, facts: Iterable[Fact], before: Instance, after: Instance) -> None:
        """Note what a step did, and check what its facts alone show."""
        ending: dict[int, Token] = {}
        for fact in facts:
            match fact:
                case Put(token=token) if self._renamed.pop(token.id, None) == token.at:
                    pass
                case Put(token=token):
                    self._put(token, ending)
                case Left(scope=scope):
                    ending.pop(scope, None)
                case Opened(wait=wait):
                    self._opened(wait, before, after)
                case Tried(wait=wait, effect=Call(service=service)):
                    if self._calls.get(wait, ("", ""))[1] != service:
                        raise Violation("I11", f"wait {wait} is tried at another service")
                case _:
                    pass
        stuck = {incident.token for incident in after.incidents.values()}
        for scope, token in ending.items():
            there = after.scopes.get(scope)
            is_stuck = token.id in stuck or (there is not None and there.holder in stuck)
            if not is_stuck:
                raise Violation("I10", f"scope {scope} goes on after {token.at} ended it")

    def _put(self, token: Token, ending: dict[int, Token]) -> None:
        if token.counted or token.finished:
            return
        self._passed(token)
        if token.at in self._ends_all:
            ending[token.scope] = token
        if token.inner and token.at in self._undoing:
            return  # done for each of several, for one deed
        self._visits[token.at] += 1
        undone = self._undoing.get(token.at)
        if undone is not None and self._visits[token.at] > self._visits[undone]:
            raise Violation("I3", f"{undone} is undone more often than it was done")

    def _opened(self, wait: Wait, before: Instance, after: Instance) -> None:
        """A wait that a migration opens where its element is now is what it was."""
        known = before.waits.get(wait.id)
        if known is not None and known.effect == wait.effect and not isinstance(wait.effect, Call):
            return
        if wait.id <= self._last_wait:
            raise Violation("I11", f"wait {wait.id} is given a second time")
        self._last_wait = wait.id
        if isinstance(wait.effect, Call):
            self._calls[wait.id] = (wait.element, wait.effect.service)
            self._keyed(wait, after)

    def _keyed(self, wait: Wait, after: Instance) -> None:
        """Only what is still open after its step is ever sent."""
        if wait.id not in after.waits:
            return
        key = (wait.element, visit(after, wait))
        if key in self._keys:
            raise Violation("I11", f"the key {':'.join(key)} is given a second time")
        self._keys.add(key)

    def _passed(self, token: Token) -> None:
        """I2: by no way out of a parallel gateway more tokens than by each way in."""
        via, scope = token.via or "", token.scope
        if token.via is None and token.at in self._gateways:
            self._given[scope, token.at] += 1
        if token.at != self._targets.get(via):
            return
        self._arrived[scope, via] += 1
        source = self._went.get(via)
        if source is None:
            return
        given = self._given[scope, source.id]
        went = self._arrived[scope, via]
        came = [self._arrived[scope, f] + self._credit[scope, f] for f in source.incoming]
        if came and went > min(came) + given:
            raise Violation("I2", f"{source.id} let {went} out by {via}, of {came} that came")


def _ends_all(element: Element) -> bool:
    """A terminate end event that sends no message first."""
    return element.work is None and any(event.kind == "terminate" for event in element.events)
