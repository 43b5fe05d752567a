"""A violation: a promise of the core that was broken, and wherein two instances differ."""

from mtd.core.process.instance import Instance


class Violation(AssertionError):
    """A promise broken: the letter, and what was seen."""

    def __init__(self, letter: str, words: str) -> None:
        super().__init__(f"{letter}: {words}")
        self.letter = letter


def differing(one: Instance, other: Instance) -> str:
    """The fields in which two instances differ; empty where they are equal."""
    names = Instance.__struct_fields__
    return ", ".join(name for name in names if getattr(one, name) != getattr(other, name))
