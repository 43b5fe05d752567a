"""Small decision models in DMN's XML, for the tests here."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from mtd.core.decision import Decisions, compile_model, read_dmn

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(*parts: str, namespace: str = "urn:test", version: str = NAMESPACE) -> bytes:
    """A model's file."""
    body = "\n".join(parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{version}" name="model" '
        f'namespace="{namespace}">\n{body}\n</definitions>'
    ).encode()


def text(tag: str, feel: str, **attributes: str) -> str:
    """An element that holds FEEL."""
    named = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<{tag}{named}><text>{escape(feel)}</text></{tag}>"


def literal(feel: str) -> str:
    """A literal expression."""
    return text("literalExpression", feel)


def input_data(name: str, type_ref: str = "Any") -> str:
    """An input of the model; its id is its name without spaces."""
    return (
        f'<inputData id="{_id(name)}" name="{name}">'
        f'<variable name="{name}" typeRef="{type_ref}"/></inputData>'
    )


def decision(
    name: str, logic: str, *, requires: Sequence[str] = (), type_ref: str = "", uses: str = ""
) -> str:
    """A decision; `requires` are inputs, or decisions when they begin with `!`."""
    needs = "".join(
        f"<informationRequirement><required{'Decision' if n[0] == '!' else 'Input'} "
        f'href="#{_id(n.strip("!"))}"/></informationRequirement>'
        for n in requires
    )
    if uses:
        needs += f'<knowledgeRequirement><requiredKnowledge href="{uses}"/></knowledgeRequirement>'
    typed = f' typeRef="{type_ref}"' if type_ref else ""
    return (
        f'<decision id="{_id(name)}" name="{name}"><variable name="{name}"{typed}/>'
        f"{needs}{logic}</decision>"
    )


def table(
    policy: str,
    inputs: Sequence[str],
    rules: Iterable[tuple[Sequence[str], Sequence[str]]],
    outputs: Sequence[str] = ("",),
) -> str:
    """A decision table; an output is `name`, or `name: values`, or `name: values = default`."""
    hit, _, aggregation = policy.partition(" ")
    extra = f' aggregation="{aggregation}"' if aggregation and hit == "COLLECT" else ""
    hit = policy if hit != "COLLECT" else hit
    columns = "".join(f"<input>{text('inputExpression', i)}</input>" for i in inputs)
    results = "".join(map(_output, outputs))
    rows = "".join(
        f"<rule>{''.join(text('inputEntry', c) for c in cells)}"
        f"{''.join(text('outputEntry', c) for c in given)}</rule>"
        for cells, given in rules
    )
    return f'<decisionTable hitPolicy="{hit}"{extra}>{columns}{results}{rows}</decisionTable>'


def ready(*parts: str) -> Decisions:
    """The model of these parts, compiled."""
    return compile_model(read_dmn(definitions(*parts)))


def decide(parts: Sequence[str], name: str, **context: Any) -> Any:
    """What a decision gives."""
    return ready(*parts).evaluate(name, context, NOW)


def _output(spec: str) -> str:
    name, _, values = spec.partition(": ")
    values, _, default = values.partition(" = ")
    inside = text("outputValues", values) if values else ""
    inside += text("defaultOutputEntry", default) if default else ""
    return f'<output name="{name}">{inside}</output>'


def _id(name: str) -> str:
    return "_" + name.replace(" ", "_")
