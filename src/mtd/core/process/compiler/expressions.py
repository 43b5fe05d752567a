"""Expressions: FEEL text to rules, with the customer's named durations in sight."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mtd.core.decision.feel import FeelSyntaxError, compile_expression
from mtd.core.process.compiler.answers import Answers, Surroundings
from mtd.core.process.compiler.timing import duration
from mtd.core.process.definition import Evaluate

DURATIONS = "durations"
"""The variable under which expressions see the customer's named durations."""


class Expressions:
    """Compiles what a drawing and its bindings say in FEEL; faults go to the account."""

    def __init__(self, answers: Answers, surroundings: Surroundings) -> None:
        self._answers = answers
        self._durations = {name: duration(text) for name, text in surroundings.durations.items()}

    def rule(self, node: Any, text: str) -> Evaluate:
        """`text` as a rule; a syntax error becomes a fault of `node`."""
        try:
            expression = compile_expression(text)
        except FeelSyntaxError as error:
            self._answers.fault(node, f"expression {text!r}: {error}")
            return _nothing
        if DURATIONS not in expression.names:
            return expression.evaluate
        known = {DURATIONS: self._durations}

        def evaluate(variables: Mapping[str, Any], now: datetime) -> Any:
            return expression.evaluate({**variables, **known}, now)

        return evaluate

    def rules(self, node: Any, texts: Mapping[str, str]) -> dict[str, Evaluate]:
        """A mapping of texts as rules."""
        return {name: self.rule(node, text) for name, text in texts.items()}

    def outputs(self, node: Any, texts: Mapping[str, str] | None) -> dict[str, Evaluate] | None:
        """An output mapping; absent stays absent."""
        return None if texts is None else self.rules(node, texts)


def condition_text(text: str) -> str:
    """The FEEL in a flow's condition: other tools wrap it in `${…}` or begin it with `=`."""
    stripped = text.strip()
    if stripped.startswith(("${", "#{")) and stripped.endswith("}"):
        return stripped[2:-1].replace("==", "=").replace("&&", " and ").replace("||", " or ")
    return stripped.removeprefix("=")


def _nothing(variables: Mapping[str, Any], now: datetime) -> Any:
    return None
