"""Recording: what a step writes, and the variables that it reads and sets meanwhile."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

import msgspec

from mtd.core.decision.feel import FeelError
from mtd.core.process.definition import Evaluate, Table
from mtd.core.process.instance import Instance
from mtd.core.process.journal import Assigned, Consulted, Draft, Fact, apply
from mtd.core.process.weighing import CARRIED, weight
from mtd.core.time.business_duration import BusinessDuration


class Stuck(Exception):
    """A token cannot go on: `advance` turns it into an incident on that token."""

    def __init__(self, code: str, message: str, token: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.token = token
        """Which, where it is not the one that was moved."""


KEY_MAX = 500
"""Characters of a correlation key; what is longer fits in no index, and is no key of anything."""


def fitting_key(key: str, message: str | None) -> str:
    """`key`. Raises Stuck where it is too long to be one."""
    if len(key) > KEY_MAX:
        raise Stuck(
            "KEY_TOO_LONG", f"the key of message {message!r} has more than {KEY_MAX} characters"
        )
    return key


class Recording:
    """One instance in the making, and the facts that make it."""

    __slots__ = ("at", "changed", "draft", "facts", "key", "weight")

    def __init__(self, instance: Instance, at: datetime) -> None:
        self.draft = Draft(instance)
        self.key = instance.key
        self.at = at
        self.facts: list[Fact] = []
        self.weight = 0
        """Characters of what the facts carry; where it is too much, nothing moves any more."""
        self.changed = False
        """A variable took a value: conditions must be looked at."""

    def record(self, fact: Fact) -> None:
        """Let `fact` be so, now and in the journal."""
        apply(self.draft, fact)
        self.facts.append(fact)
        carried = CARRIED.get(type(fact))
        if carried is not None:
            self.weight += weight(carried(fact))

    def sight(self, scope_id: int) -> Mapping[str, Any]:
        """The variables in sight of a scope: its own, then those around it, if it is open."""
        scope = self.draft.scopes[scope_id]
        if scope.parent is None or scope.closed:
            return scope.variables
        return {**self.sight(scope.parent), **scope.variables}

    def depth(self, scope_id: int) -> int:
        """How many scopes a scope is inside of."""
        parent, found = self.draft.scopes[scope_id].parent, 0
        while parent is not None:
            parent, found = self.draft.scopes[parent].parent, found + 1
        return found

    def value(self, rule: Evaluate, scope: int) -> Any:
        """What `rule` gives in `scope`. A rule that fails gets the token stuck."""
        return self.evaluated(rule, self.sight(scope))

    def evaluated(self, rule: Evaluate, seen: Mapping[str, Any]) -> Any:
        """What `rule` gives over the variables `seen`. A rule that fails gets the token stuck."""
        if isinstance(rule, Table):
            self.record(Consulted(rule.cited))
        try:
            return plain(rule(seen, self.at))
        except FeelError as error:
            raise Stuck("EXPRESSION_FAILED", str(error)) from error

    def values(self, rules: Mapping[str, Evaluate], scope: int) -> dict[str, Any]:
        """What each of `rules` gives in `scope`."""
        return {name: self.value(rule, scope) for name, rule in rules.items()}

    def assign(self, scope_id: int, variables: Mapping[str, Any]) -> None:
        """Each variable takes its value where it is known already, else in the process."""
        homes: dict[int, dict[str, Any]] = {}
        for name, value in variables.items():
            homes.setdefault(self._home(scope_id, name), {})[name] = value
        for home, values in homes.items():
            self.record(Assigned(home, values))
            self.changed = True

    def outputs(
        self, scope: int, rules: Mapping[str, Evaluate] | None, outputs: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The variables that `rules` make of `outputs`."""
        if rules is None:
            return {name: plain(value) for name, value in outputs.items()}
        seen = {**self.sight(scope), **outputs}
        return {name: self.evaluated(rule, seen) for name, rule in rules.items()}

    def _home(self, scope_id: int, name: str) -> int:
        scope = self.draft.scopes[scope_id]
        while name not in scope.variables and scope.parent is not None and not scope.closed:
            scope = self.draft.scopes[scope.parent]
        return scope.id


_SCALARS = (str, int, Decimal, type(None))


def plain(value: Any) -> Any:
    """`value` as the journal keeps it: JSON types and Decimal; dates become ISO 8601 text."""
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping):
        context = cast("Mapping[Any, Any]", value)
        return {str(name): plain(item) for name, item in context.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, BusinessDuration):
        return str(value)
    return msgspec.to_builtins(value)
