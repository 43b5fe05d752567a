"""Expressions: FEEL text to rules, with the customer's durations and calendars in sight."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mtd.core.decision.feel import FeelSyntaxError, compile_expression
from mtd.core.process.compiler.answers import Answers, Surroundings
from mtd.core.process.compiler.counting import NAMES, functions
from mtd.core.process.compiler.timing import duration
from mtd.core.process.compiler.uel import Untranslatable, feel
from mtd.core.process.definition import Evaluate
from mtd.core.time.business_calendar import BusinessCalendar
from mtd.core.time.business_duration import is_business

DURATIONS = "durations"
"""The variable under which expressions see the customer's named durations."""
SEEN = NAMES | {DURATIONS}
"""What expressions may name that no variable is."""


class Expressions:
    """Compiles what a drawing and its bindings say in FEEL; faults go to the account."""

    def __init__(self, answers: Answers, surroundings: Surroundings) -> None:
        self._answers = answers
        self._calendars = surroundings.calendars
        self._durations = surroundings.durations
        self._seen = {
            name: self._in_sight(calendar) for name, calendar in self._calendars.known.items()
        }
        self._seen_nowhere = self._in_sight(None)

    def rule(self, node: Any, text: str) -> Evaluate:
        """`text` as a rule; a syntax error becomes a fault of `node`."""
        try:
            expression = compile_expression(text)
        except FeelSyntaxError as error:
            self._answers.fault(node, f"expression {text!r}: {error}")
            return _nothing
        if expression.names.isdisjoint(SEEN):
            return expression.evaluate
        return self.counting(expression.evaluate)

    def counting(self, rule: Evaluate) -> Evaluate:
        """`rule` over the variables, the customer's durations and what counts business time."""

        def evaluate(variables: Mapping[str, Any], now: datetime) -> Any:
            calendar = self._calendars.of(variables)
            seen = self._seen_nowhere if calendar is None else self._seen[calendar.name]
            return rule({**variables, **seen}, now)

        return evaluate

    def drawn(self, node: Any, text: str) -> Evaluate:
        """An expression as some tool wrote it: FEEL, or what `uel` puts into it."""
        try:
            return self.rule(node, feel(text))
        except Untranslatable as error:
            self._answers.fault(node, f"expression {text!r}: {error}")
            return _nothing

    def rules(self, node: Any, texts: Mapping[str, str]) -> dict[str, Evaluate]:
        """A mapping of texts as rules."""
        return {name: self.rule(node, text) for name, text in texts.items()}

    def outputs(self, node: Any, texts: Mapping[str, str] | None) -> dict[str, Evaluate] | None:
        """An output mapping; absent stays absent."""
        return None if texts is None else self.rules(node, texts)

    def _in_sight(self, calendar: BusinessCalendar | None) -> dict[str, Any]:
        """What expressions see beside the variables where `calendar` counts."""
        known = {
            name: duration(text, calendar)
            for name, text in self._durations.items()
            if calendar is not None or not is_business(text)
        }
        return {DURATIONS: known, **(functions(calendar) if calendar is not None else {})}


def _nothing(variables: Mapping[str, Any], now: datetime) -> Any:
    return None
