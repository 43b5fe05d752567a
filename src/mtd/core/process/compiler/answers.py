"""Answers: which binding answers to which drawn label, and what is missing."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from mtd.core.process.binding import TABLES, Bindings
from mtd.core.process.definition import Definition
from mtd.core.process.drawing import Node
from mtd.core.process.label import folded
from mtd.core.time.calendars import Calendars

NEAREST_MAX = 3
"""Names offered for a label that nothing answers to."""

MESSAGE_MAX = 1_000
"""Characters of what is said about one element."""

Binding = TypeVar("Binding")


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One drawn thing that needs an answer, and what answers to it."""

    element: str
    name: str
    kind: str
    """The BPMN tag name."""
    line: int
    table: str
    """The table of the bindings file in which its answer is, or belongs."""
    answer: str | None
    """In words; None: missing."""
    nearest: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    """Of a gateway: the labels of the flows out of it, one of which its answer names."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Why a drawing would not run, or would run dangerously."""

    element: str
    name: str
    line: int
    message: str
    warning: bool = False


def shortened(message: str) -> str:
    """`message`, which may quote what is drawn, in a length that can be shown."""
    return message if len(message) <= MESSAGE_MAX else f"{message[:MESSAGE_MAX]}…"


class Answers:
    """Looks labels up in the bindings and keeps the account of it."""

    def __init__(self, bindings: Bindings) -> None:
        self.labels: list[Label] = []
        self.faults: list[Fault] = []
        self._tables: dict[str, dict[str, Any]] = {
            table: {folded(label): binding for label, binding in getattr(bindings, table).items()}
            for table in TABLES
        }
        self._states = {
            table: {folded(label): state for label, state in getattr(bindings, table).items()}
            for table in ("entering", "leaving")
        }
        self._names = {
            (table, folded(label)): label
            for table in (*TABLES, "entering", "leaving")
            for label in getattr(bindings, table)
        }
        self._used: set[tuple[str, str]] = set()

    def find(self, table: str, kind: type[Binding], *keys: str | None) -> Binding | None:
        """The binding in `table` under the first of `keys` that has one."""
        for key in keys:
            if not key:
                continue
            binding = self._tables[table].get(folded(key))
            if binding is not None:
                assert isinstance(binding, kind)
                self._used.add((table, folded(key)))
                return binding
        return None

    def state(self, table: str, node: Node) -> str | None:
        """The business state that `entering` or `leaving` names for `node`."""
        for key in (node.id, node.name):
            if key and folded(key) in self._states[table]:
                self._used.add((table, folded(key)))
                return self._states[table][folded(key)]
        return None

    def answered(self, node: Node, table: str, answer: str) -> None:
        """`node` has its answer."""
        self._account(node, table, answer, (), ())

    def missing(self, node: Node, table: str, *also: str, ways: tuple[str, ...] = ()) -> None:
        """Nothing answers to `node`: list the nearest names that are bound."""
        known = [label for t, label in self._names.items() if t[0] in (table, *also)]
        close = get_close_matches(folded(node.name or node.id), map(folded, known), NEAREST_MAX)
        nearest = tuple(label for label in known if folded(label) in close)
        self._account(node, table, None, nearest, ways)
        hint = f"; the nearest: {', '.join(nearest)}" if nearest else ""
        where = f'[{table}."{node.name or node.id}"]'
        self.fault(node, f"nothing answers to it: {where} is missing{hint}")

    def fault(self, node: Any, message: str, warning: bool = False) -> None:
        """`node`, or a flow, has something wrong with it."""
        name = node.name or ""
        words = shortened(message)
        self.faults.append(
            Fault(element=node.id, name=name, line=node.line or 0, message=words, warning=warning)
        )

    def is_faulty(self, node: Node) -> bool:
        """Whether anything is wrong with `node` already."""
        return any(fault.element == node.id for fault in self.faults)

    def unused(self) -> list[str]:
        """Bindings that answer to nothing drawn: most likely misspelt labels."""
        return [
            f'[{table}."{label}"] answers to nothing in the drawing'
            for (table, key), label in self._names.items()
            if (table, key) not in self._used
        ]

    def _account(
        self,
        node: Node,
        table: str,
        answer: str | None,
        nearest: tuple[str, ...],
        ways: tuple[str, ...],
    ) -> None:
        self.labels.append(
            Label(
                element=node.id,
                name=node.name or "",
                kind=node.kind,
                line=node.line or 0,
                table=table,
                answer=answer,
                nearest=nearest,
                ways=ways,
            )
        )


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a drawing may refer to by name, beside its bindings."""

    connectors: frozenset[str]
    durations: Mapping[str, str] = {}
    cycles: Mapping[str, str] = {}
    """Named cycles: ISO 8601 repetitions, or cron expressions."""
    retries: Mapping[str, Any] = {}
    """Name to `definition.Retry`."""
    tables: Mapping[str, Any] = {}
    """`file.dmn#Decision`, and `file.dmn` for its only one, to `definition.Evaluate`; where a
    version other than the deployment's is wanted, with `@` and that (see `citing`)."""
    forms: Mapping[str, str] = {}
    """JSON Schemas by the name of their form."""
    processes: Mapping[str, Definition] = {}
    """Deployed definitions that call activities may call, by `citing.Reference.key`."""
    former: tuple[Definition, ...] = ()
    """Other versions of them, in which instances may still be."""
    calendars: Calendars = Calendars()
    """In which business time counts, and the time zone of dates drawn without one."""
