"""Notes: what a reader put right or passed over, and the rules that the file itself breaks."""

import msgspec


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the reader put right, or passed over, said in words."""

    element: str | None
    name: str | None
    line: int | None
    text: str


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A static rule of the standard that the file itself breaks, where a drawing cannot say so."""

    rule: str
    """Its name in docs/bpmn-rules.md."""
    id: str
    name: str | None
    line: int | None
    text: str
