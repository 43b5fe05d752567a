"""Items: item definitions to FEEL's types (DMN 1.5 §7.3.3)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from mtd.core.decision.feel import compile_unary_tests
from mtd.core.decision.feel.types import ANY, NAMED, Kind, Type
from mtd.core.decision.model import ItemDefinition, Text
from mtd.core.decision.place import Place

DEPTH_MAX = 32
"""Definitions within definitions."""

_SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""Allowed values do not depend on the time of day."""


def item_types(
    definitions: tuple[ItemDefinition, ...], imported: Mapping[str, Type], place: Place
) -> dict[str, Type]:
    """The types that `definitions` name, beside those of the standard and of imported models."""
    by_name = {item.name: item for item in definitions}
    made: dict[str, Type] = {**NAMED, **imported}
    builder = _Builder(by_name, made, place)
    for item in definitions:
        builder.named(item.name, item.line, 0)
    return made


class _Builder:
    """Types in the making: a definition may refer to one that comes later."""

    def __init__(
        self, definitions: Mapping[str, ItemDefinition], made: dict[str, Type], place: Place
    ) -> None:
        self._definitions = definitions
        self._made = made
        self._place = place
        self._open: set[str] = set()

    def named(self, name: str, line: int | None, depth: int) -> Type:
        """The type of that name."""
        item = self._definitions.get(name)
        if name in self._open:
            self._fault(name, "the type refers to itself", line)
            return ANY
        if item is None or (name in self._made and name not in NAMED):
            if name and name not in self._made:
                self._fault(name, f"there is no type {name!r}", line)
            return self._made.get(name, ANY)
        self._open.add(name)
        self._made[name] = self._type(item, depth)
        self._open.discard(name)
        return self._made[name]

    def _type(self, item: ItemDefinition, depth: int) -> Type:
        if depth > DEPTH_MAX:
            self._fault(item.name, "types within types are too many", item.line)
            return ANY
        if item.components:
            members = {c.name: self._type(c, depth + 1) for c in item.components}
            made = Type(kind=Kind.CONTEXT, members=members)
        elif item.is_function:
            parameters = [self.named(p.type_ref, p.line, depth + 1) for p in item.parameters]
            result = self.named(item.output_type_ref, item.line, depth + 1)
            made = Type(kind=Kind.FUNCTION, parameters=tuple(parameters), result=result)
        else:
            made = self.named(item.type_ref, item.line, depth + 1)
        made = self._constrained(made, item, item.allowed_values)
        if item.is_collection:
            made = Type(kind=Kind.LIST, item=made)
        return self._constrained(made, item, item.constraint)

    def _constrained(self, made: Type, item: ItemDefinition, values: Text | None) -> Type:
        if values is None:
            return made
        place = msgspec.structs.replace(self._place, element=item.name, where="allowed values")
        tests = place.compiled(compile_unary_tests, values.text, values.line, None)
        if tests is None:
            return made
        return msgspec.structs.replace(made, allowed=_both(made.allowed, tests.matches))

    def _fault(self, name: str, message: str, line: int | None) -> None:
        msgspec.structs.replace(self._place, element=name).fault(message, line)


def _both(
    first: Callable[[Any], bool] | None,
    matches: Callable[[Any, Mapping[str, Any], datetime], bool | None],
) -> Callable[[Any], bool]:
    def allowed(value: Any) -> bool:
        return (first is None or first(value)) and matches(value, {}, _SOME_TIME) is True

    return allowed
