"""Files to deploy: drawings in a line of words, and decision models of one table."""

from itertools import pairwise

from mtd.runtime.definitions.packing import File

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def flow(name: str, *nodes: str) -> File:
    """`name.bpmn`: a start, `nodes` one after the other as `userTask:review`, an end."""
    parts = ["startEvent:start", *nodes, "endEvent:end"]
    ids = [part.partition(":")[2] for part in parts]
    drawn = [
        f'<{kind} id="{id_}" name="{id_}"{" " + more if more else ""}/>'
        for kind, id_, more in (_split(part) for part in parts)
    ]
    ids = [_split(part)[1] for part in parts]
    drawn += [
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>'
        for n, (a, b) in enumerate(pairwise(ids))
    ]
    body = "\n    ".join(drawn)
    text = (
        f'<definitions xmlns="{_BPMN}" targetNamespace="http://example.com/{name}">\n'
        f'  <process id="{name}" isExecutable="true">\n    {body}\n  </process>\n</definitions>\n'
    )
    return File(f"{name}.bpmn", text.encode())


def toml(name: str, text: str) -> File:
    """The bindings of `name.bpmn`."""
    return File(f"{name}.toml", text.encode())


def table(name: str, answer: str) -> File:
    """`name.dmn`: a decision `name` that gives the context `{decided: answer}`."""
    text = f"""<definitions id="d" name="{name}" namespace="http://example.com/{name}"
    xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">
  <decision id="{name}" name="{name}">
    <variable name="{name}"/>
    <literalExpression><text>{{decided: "{answer}"}}</text></literalExpression>
  </decision>
</definitions>
"""
    return File(f"{name}.dmn", text.encode())


def _split(part: str) -> tuple[str, str, str]:
    kind, _, rest = part.partition(":")
    id_, _, more = rest.partition(" ")
    return kind, id_, more
