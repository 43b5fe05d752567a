"""Place: where in a model an expression stands, and what is known and wrong there."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from mtd.core.decision.feel import FeelError, FeelSyntaxError, compile_expression
from mtd.core.decision.feel.coercion import coerced
from mtd.core.decision.feel.evaluation import Frame, Rule
from mtd.core.decision.feel.types import ANY, Type
from mtd.core.decision.model import Fault, LiteralExpression, Text

_Made = TypeVar("_Made")


class DecisionError(FeelError):
    """A decision cannot be made; the message names the decision, the rule and the cell."""


class Place(msgspec.Struct, frozen=True):
    """Where an expression stands."""

    element: str
    types: Mapping[str, Type]
    members: frozenset[str]
    """Names of entries of contexts, throughout the model."""
    faults: list[Fault]
    """What was found wrong so far."""
    names: tuple[str, ...] = ()
    """Variables in sight."""
    where: str = ""

    def within(self, where: str) -> "Place":
        """A part of this place."""
        return msgspec.structs.replace(
            self, where=f"{self.where}, {where}" if self.where else where
        )

    def knowing(self, *names: str) -> "Place":
        """This place, with more variables in sight."""
        return msgspec.structs.replace(self, names=(*self.names, *names))

    def fault(self, message: str, line: int | None = None) -> DecisionError:
        """Note a fault; the error is for whoever evaluates what bears it."""
        fault = Fault(self.element, self.where, message, line)
        self.faults.append(fault)
        return DecisionError(str(fault))

    def failed(self, message: str) -> DecisionError:
        """What stopped an evaluation here."""
        return DecisionError(str(Fault(self.element, self.where, message)))

    def type(self, reference: str, line: int | None = None) -> Type:
        """The type of that name; a name that means nothing is a fault, and any type."""
        if not reference:
            return ANY
        found = self.types.get(reference)
        if found is None:
            self.fault(f"there is no type {reference!r}", line)
        return found or ANY

    def compiled(
        self, compile_text: Callable[..., _Made], text: str, line: int | None, broken: _Made
    ) -> _Made:
        """`text` compiled with what is known here; a syntax error is a fault and gives `broken`."""
        try:
            return compile_text(text, names=self.names, members=self.members, types=self.types)
        except FeelSyntaxError as error:
            self.fault(f"{error} in {_shown(text)}", line)
            return broken

    def expression(self, text: Text | LiteralExpression) -> Rule:
        """FEEL compiled; nothing written gives null, what is no FEEL an error."""
        if not text.text:
            return null
        found = self.compiled(compile_expression, text.text, text.line, None)
        if found is None:
            return broken_rule(DecisionError(str(self.faults[-1])))
        return found.run


def null(frame: Frame) -> Any:
    """The rule that gives null."""
    return None


def broken_rule(error: DecisionError) -> Rule:
    """The rule that fails."""

    def rule(frame: Frame) -> Any:
        raise error

    return rule


def typed(rule: Rule, wanted: Type) -> Rule:
    """`rule`, its value made to fit a type."""
    if wanted is ANY:
        return rule
    return lambda frame: coerced(rule(frame), wanted)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
