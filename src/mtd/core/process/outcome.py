"""How one attempt of one step came out: the values that a service answers with."""

from typing import Any

import msgspec


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The step took effect; `outputs` are offered to the binding's output mapping."""

    outputs: dict[str, Any] = {}


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """A business no: thrown on the drawing as a BPMN error with this code."""

    code: str
    message: str
    outputs: dict[str, Any] = {}


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """A technical failure that certainly had no effect; another attempt is safe."""

    message: str
    retry_after_s: float | None = None


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """No answer, or half of one: the step may have taken effect; the next attempt must say so."""

    message: str


class InDoubt(msgspec.Struct, frozen=True, tag="in_doubt"):
    """As `Unknown`, where the legacy can neither be asked nor be told twice: a person decides."""

    message: str


Answer = Done | Refused | Failed | Unknown
"""What a connector may say; only the hands turn `Unknown` into `InDoubt`."""

Outcome = Answer | InDoubt
